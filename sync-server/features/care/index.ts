import type { Feature } from '../../deps.ts';
import type { SyncDefinition } from '../../sync/define-sync.ts';
import { studentNotesSync } from './student-notes.sync.ts';

/** Notes about students, who is at risk, and how silent students are won back. */
export const care: Feature = { name: 'care' };

export const careSyncs: SyncDefinition[] = [studentNotesSync];
