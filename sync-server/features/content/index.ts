import { addCommand } from '../../http/commands.ts';
import type { Feature } from '../../deps.ts';
import { deleteContent } from './delete-content.ts';
import { reorderContent } from './reorder-content.ts';
import { saveContent } from './save-content.ts';

/** Courses, lessons, assignments, batches and resources, as the team makes and changes them. */
export const content: Feature = {
  name: 'content',
  routes: (app, deps) => {
    addCommand(app, deps, saveContent);
    addCommand(app, deps, deleteContent);
    addCommand(app, deps, reorderContent);
  },
};
