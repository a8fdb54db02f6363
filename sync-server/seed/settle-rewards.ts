import { asServer } from '../db/as-actor.ts';
import type { Pool } from '../db/sql.ts';
import { awardReached, buildLeaderboard, issueEarned } from '../features/rewards/index.ts';

const dayMs = 86_400_000;
/** Of a very large academy not everybody is looked at: a look costs milliseconds, and the first thousand show every case. */
const mostLooks = 1000;

/**
 * Awards by the product's own rules what the seeded students have reached, without announcing it, and builds the ranking of
 * a week ago and of today, so that there is something to compare with.
 */
export async function settleRewards(
  server: Pool,
  serverKey: string,
  studentIds: readonly string[],
  now: Date,
): Promise<void> {
  const at = (moment: Date) => ({ serverKey, clock: { now: () => moment } });
  await asServer(server, async (tx) => {
    await buildLeaderboard(tx, at(new Date(now.getTime() - 7 * dayMs)));
  });
  for (const id of studentIds.slice(0, mostLooks))
    await asServer(server, async (tx) => {
      await issueEarned(tx, at(now), id, { announce: false });
      await awardReached(tx, at(now), id, 'sweep', { announce: false });
    });
  await asServer(server, async (tx) => {
    // They were reached when the student last did something, not all at the moment of the seed.
    await tx.query(
      `update user_milestones m set completed_at = e.last
       from (select user_id, max(at) as last from app_learning_events where at <= $1 group by user_id) e
       where e.user_id = m.user_id and m.awarded_by is null`,
      [now],
    );
    await tx.query(
      `update user_badges b set earned_at = m.completed_at
       from user_milestones m where m.user_id = b.user_id and m.milestone_id = b.milestone_id`,
    );
    await buildLeaderboard(tx, at(now));
  });
}
