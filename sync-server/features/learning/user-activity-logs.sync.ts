import type { Actor } from '#contract/roles.ts';
import { addDays, at } from '#contract/rules/dates.ts';
import { deviceActivityTypes, userActivityLogs } from '#contract/tables/learning.ts';
import { defineSync } from '../../sync/define-sync.ts';

const longestMetadata = 8192;
/** How far back a device may date what it reports (data model, user_activity_logs). */
const oldestDays = 90;

/** What a device saw its own person do, of the kinds a device may tell; the rest the server writes itself. */
export const userActivityLogsSync = defineSync(userActivityLogs, {
  guard: async ({ actor }, { before, set }) => (before ? 'duplicate' : judge(actor, set)),
  plainInserts: async ({ actor, now }, given) =>
    given.every(({ set }) => judge(actor, set) === 'allowed' && !isDownload(set))
      ? given.map(({ op, set }) => ({
          user_id: set['user_id'],
          activity_type: set['activity_type'],
          occurred_at: clampOccurred((set['occurred_at'] as string | undefined) ?? op.client_at, now.toISOString()),
          reference_id: set['reference_id'] ?? null,
          metadata: set['metadata'] ?? {},
        }))
      : null,
  write: async ({ tx, deps, actor, op, deviceId, now }, { set }) => {
    await tx.query(
      `insert into user_activity_logs
         (id, user_id, activity_type, occurred_at, reference_id, metadata, v, client_at, origin_device_id)
       values ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9)`,
      [
        op.id,
        set['user_id'],
        set['activity_type'],
        clampOccurred((set['occurred_at'] as string | undefined) ?? op.client_at, now.toISOString()),
        set['reference_id'] ?? null,
        JSON.stringify(set['metadata'] ?? {}),
        op.op,
        op.client_at,
        deviceId,
      ],
    );
    if (isDownload(set))
      await tx.query('select server_count_download($1, $2, $3, $4)', [
        deps.serverKey,
        actor.id,
        set['reference_id'],
        now,
      ]);
    return 'allowed';
  },
});

/** Counted on the certificate. */
const isDownload = (set: Record<string, unknown>): boolean =>
  set['activity_type'] === 'certificate_downloaded' && Boolean(set['reference_id']);

function judge(actor: Actor, set: Record<string, unknown>): 'allowed' | 'not_allowed' | 'too_large' {
  if (set['user_id'] !== actor.id) return 'not_allowed';
  if (!(deviceActivityTypes as readonly unknown[]).includes(set['activity_type'])) return 'not_allowed';
  return Buffer.byteLength(JSON.stringify(set['metadata'] ?? {})) > longestMetadata ? 'too_large' : 'allowed';
}

/** Not in the future, and not before what a device can still know. */
function clampOccurred(occurred: string, now: string): string {
  if (at(occurred) > at(now)) return now;
  const oldest = addDays(now, -oldestDays);
  return at(occurred) < at(oldest) ? oldest : occurred;
}
