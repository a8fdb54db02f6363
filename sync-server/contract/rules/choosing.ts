import type { Verdict } from '../errors.ts';

/** What a choice at a pathway hangs on, for one student. */
export type ChoiceFacts = {
  /** Of the enrolment in the pathway. */
  status: string;
  /** Courses of the choice. */
  options: readonly string[];
  picked: string | null;
  /** Something of the course picked so far was watched. */
  is_fixed: boolean;
};

/**
 * Whether a course may be picked at a choice (workflows 3.31): one of the choice's own, by somebody on the pathway (null: nobody),
 * until a lesson of the course picked so far is watched.
 */
export function canChoose(facts: ChoiceFacts | null, courseId: string): Verdict {
  if (!facts) return 'not_allowed';
  if (!facts.options.includes(courseId)) return 'invalid';
  if (facts.picked === courseId) return 'allowed';
  return facts.is_fixed || facts.status !== 'active' ? 'closed' : 'allowed';
}
