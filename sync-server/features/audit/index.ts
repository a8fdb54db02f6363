import type { Feature } from '../../deps.ts';
import { addCommand } from '../../http/commands.ts';
import { exportAudit, listAudit } from './commands.ts';

/** Reading the audit trail. Who writes it is everybody (`writeAudit`); that nobody changes it is the database's to see to. */
export const audit: Feature = {
  name: 'audit',
  routes: (app, deps) => {
    addCommand(app, deps, listAudit);
    addCommand(app, deps, exportAudit);
  },
};
