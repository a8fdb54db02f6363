import { z } from 'zod';
import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { defineJob, type JobCounts } from '../../jobs/define-job.ts';
import { issueCertificate, issueEarned } from './certificates.ts';
import { awardReached } from './milestones.ts';
import { isTrackEarned, type TrackFacts } from './track-rule.ts';

/**
 * After the ranking: what time, a payment or a lifted restriction has completed since the last event (workflows 3.29, 3.30).
 * One short transaction per student, so that one failure holds up nobody else.
 */
export const sweepRewards = defineJob({
  name: 'rewards.award-what-is-due',
  payload: z.unknown(),
  schedule: '15 20 * * *',
  run: async (_, deps) => {
    const { rows } = await deps.server.query<{ id: string }>(
      `select u.id from users u join students s on s.id = u.id
       where u.role = 'student' and u.status = 'active' and not u.is_deleted order by u.id`,
    );
    const counts: JobCounts = { selected: rows.length, done: 0, skipped: 0, failed: 0 };
    for (const { id } of rows) {
      try {
        const awarded = await asServer(deps.server, (tx) => awardDue(tx, deps, id));
        counts[awarded > 0 ? 'done' : 'skipped']++;
      } catch (error) {
        counts.failed++;
        deps.log.error({ err: error, student: id }, 'milestones and certificates of a student could not be looked at');
      }
    }
    return counts;
  },
});

async function awardDue(tx: Tx, deps: Deps, studentId: string): Promise<number> {
  const issued = (await issueEarned(tx, deps, studentId)) + (await issueTracks(tx, deps, studentId));
  return issued + (await awardReached(tx, deps, studentId, 'sweep')).length;
}

type OpenTrack = { id: string; criteria: unknown; needs_mentor: boolean; facts: TrackFacts };

async function issueTracks(tx: Tx, deps: Deps, studentId: string): Promise<number> {
  const { rows } = await tx.query<{ tracks: OpenTrack[] }>('select server_open_tracks($1, $2) as tracks', [
    deps.serverKey,
    studentId,
  ]);
  let issued = 0;
  for (const track of rows[0]!.tracks) {
    if (!isTrackEarned(track, track.facts)) continue;
    const issue = { studentId, kind: 'track' as const, targetId: track.id, by: null };
    if (await issueCertificate(tx, deps, issue)) issued++;
  }
  return issued;
}
