import { z } from 'zod';
import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { defineJob } from '../../jobs/define-job.ts';

/** Ranks the students, for all time and for this week (workflows 4.4). Nothing else builds the ranking, least of all a page. */
export const buildLeaderboardJob = defineJob({
  name: 'rewards.build-leaderboard',
  payload: z.unknown(),
  schedule: '0 20 * * *',
  canRunDry: true,
  run: async (_, deps, how) => {
    const ranked = await asServer(deps.server, (tx) =>
      how?.dryRun ? countRanked(tx, deps) : buildLeaderboard(tx, deps),
    );
    return { selected: ranked, done: how?.dryRun ? 0 : ranked, skipped: 0, failed: 0 };
  },
});

/** Replaces the rows of both periods in one transaction; answers how many students are ranked. */
export async function buildLeaderboard(
  tx: Tx,
  { serverKey, clock }: Pick<Deps, 'serverKey' | 'clock'>,
): Promise<number> {
  let ranked = 0;
  for (const period of ['all', 'week'] as const) {
    const { rows } = await tx.query<{ ranked: number }>('select server_build_leaderboard($1, $2, $3) as ranked', [
      serverKey,
      period,
      clock.now(),
    ]);
    ranked = rows[0]!.ranked;
  }
  return ranked;
}

async function countRanked(tx: Tx, { serverKey }: Pick<Deps, 'serverKey'>): Promise<number> {
  const { rows } = await tx.query<{ ranked: number }>('select server_count_ranked($1) as ranked', [serverKey]);
  return rows[0]!.ranked;
}
