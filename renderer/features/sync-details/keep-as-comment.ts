import type { Problem, Replica } from '../../data/index.ts';

/** The note of a verdict that came second, said as a comment beside the one that stands (screens 3.3 b); then it is settled. */
export async function keepAsComment(
  replica: Pick<Replica, 'actor' | 'writes' | 'find' | 'stamp' | 'discardProblem'>,
  { key, mine }: Pick<Problem, 'key' | 'mine'>,
): Promise<void> {
  const [me] = await replica.find('users', { id: replica.actor.id });
  await replica.writes.insert('submission_reviews', {
    submission_id: mine['submission_id'] as string,
    submission_version: mine['submission_version'] as number,
    reviewer_id: replica.actor.id,
    decision: 'comment',
    notes: noteOf(mine),
    score: null,
    reviewed_at_client: replica.stamp().toISOString(),
    // Shown until the server answers.
    reviewer_name: me?.full_name ?? '',
    outcome: 'applied',
  });
  await replica.discardProblem(key);
}

/** What the reviewer wrote beside the decision. */
export const noteOf = (mine: Record<string, unknown>): string =>
  typeof mine['notes'] === 'string' ? mine['notes'].trim() : '';
