import type { Verdict } from '#contract/errors.ts';
import type { ChoiceFacts } from './facts.ts';

/** Whether a course may be picked: one of the choice's own, by somebody on the pathway, while the pick is not fixed. */
export function canChoose(facts: ChoiceFacts | null, courseId: string): Verdict {
  if (!facts) return 'not_allowed';
  if (!facts.options.includes(courseId)) return 'invalid';
  if (facts.picked === courseId) return 'allowed';
  return facts.is_fixed || facts.status !== 'active' ? 'closed' : 'allowed';
}
