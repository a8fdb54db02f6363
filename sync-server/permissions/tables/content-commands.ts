import type { Role } from '#contract/roles.ts';
import type { Command } from '../view.ts';

const staff: readonly Role[] = ['admin', 'superadmin'];
const teachers: readonly Role[] = ['mentor', ...staff];

/** What a mentor may do with rows of his courses beside the team. */
type Mentors = 'nothing' | 'words' | 'rows';

/** The commands that move a table of content (workflows 3.42): staff all of it, mentors as far as said. */
export const contentCommands = (mentors: Mentors = 'nothing'): Command[] => [
  { name: 'save-content', verb: 'insert', roles: mentors === 'rows' ? teachers : staff },
  { name: 'save-content', verb: 'update', roles: mentors === 'nothing' ? staff : teachers },
  { name: 'delete-content', verb: 'delete', roles: staff },
];

/** Also put into an order as a whole. */
export const orderedContentCommands = (mentors: Mentors = 'nothing'): Command[] => [
  ...contentCommands(mentors),
  { name: 'reorder-content', verb: 'update', roles: staff },
];

/** Rows that are a list of their parent's: saved with it. */
export const linkCommands: Command[] = [
  { name: 'save-content', verb: 'insert', roles: staff },
  { name: 'save-content', verb: 'delete', roles: staff },
];
