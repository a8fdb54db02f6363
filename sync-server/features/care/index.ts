import type { Feature } from '../../deps.ts';
import { addCommand } from '../../http/commands.ts';
import type { SyncDefinition } from '../../sync/define-sync.ts';
import { evaluateRisk } from './evaluate-risk.job.ts';
import { runRecoveryCheck, updateRecoveryStatus } from './recovery-commands.ts';
import { recoverStudents } from './recovery.job.ts';
import { alertMentor, updateAtRiskRules } from './risk-commands.ts';
import { studentNotesSync } from './student-notes.sync.ts';

/** Notes about students, who is at risk, and how silent students are won back. */
export const care: Feature = {
  name: 'care',
  jobs: [evaluateRisk, recoverStudents],
  routes: (app, deps) => {
    addCommand(app, deps, updateAtRiskRules);
    addCommand(app, deps, alertMentor);
    addCommand(app, deps, runRecoveryCheck);
    addCommand(app, deps, updateRecoveryStatus);
  },
};

export const careSyncs: SyncDefinition[] = [studentNotesSync];
