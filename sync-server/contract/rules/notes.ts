import type { Verdict } from '../errors.ts';
import type { Actor } from '../roles.ts';
import type { StudentNote } from '../tables/care.ts';

/**
 * Whether a person may write this note about a student (data model 2.11): the team only, under the own name, about
 * students they look after.
 */
export function canNote(actor: Actor, note: Pick<StudentNote, 'author_id' | 'body'>, inScope: boolean): Verdict {
  if (actor.role === 'student' || note.author_id !== actor.id || !inScope) return 'not_allowed';
  return note.body.trim() === '' ? 'invalid' : 'allowed';
}

/** A word with the student settles an open risk, unless it comes from somebody who has no part in their progress. */
export const settlesRisk = (actor: Actor, note: Pick<StudentNote, 'kind'>): boolean =>
  note.kind === 'contact' && actor.role !== 'enrollment_manager';
