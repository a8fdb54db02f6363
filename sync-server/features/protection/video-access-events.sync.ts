import { videoAccessEvents, type VideoAccessEvent } from '#contract/tables/protection.ts';
import { defineSync, type PushContext } from '../../sync/define-sync.ts';
import { deviceTime } from '../../sync/push/device-time.ts';
import { suspicionsOf, type AccessPattern } from './access-pattern.ts';
import { findVisibleLesson, isWithinLimit, noteIncident } from './protection.ts';
import { scrubValue } from './scrub.ts';

/** Lessons opened and playing, as the player tells; where it looks like copying, staff get an incident to judge. */
export const videoAccessEventsSync = defineSync(videoAccessEvents, {
  guard: async ({ actor }, { before, set }) => {
    if (before) return 'duplicate';
    if (set['user_id'] !== actor.id || actor.role === 'enrollment_manager') return 'not_allowed';
    return set['event_type'] ? 'allowed' : 'invalid';
  },
  write: async (context, { set }) => {
    if (!(await isWithinLimit(context, 'video_access_events'))) return 'allowed';
    const event = set as Partial<VideoAccessEvent>;
    await insertEvent(context, event);
    if (context.actor.role === 'student' && event.event_type === 'open') await watchForCopying(context, event);
    return 'allowed';
  },
});

async function insertEvent(context: PushContext, event: Partial<VideoAccessEvent>): Promise<void> {
  const { tx, op, actor, deviceId, deps, now, address } = context;
  await tx.query(
    `insert into video_access_events
       (id, user_id, lesson_id, event_type, session_id, device_label, metadata, v, client_at, origin_device_id)
     values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10)`,
    [
      op.id,
      actor.id,
      await findVisibleLesson(context, event.lesson_id),
      event.event_type,
      event.session_id ?? null,
      event.device_label ?? null,
      JSON.stringify(scrubValue(event.metadata ?? {})),
      op.op,
      deviceTime(op.client_at, now),
      deviceId,
    ],
  );
  if (address) await tx.query('select server_stamp_access($1, $2, $3)', [deps.serverKey, op.id, address]);
}

async function watchForCopying(context: PushContext, event: Partial<VideoAccessEvent>): Promise<void> {
  const { tx, deps, actor, op, now } = context;
  const { rows } = await tx.query<{ pattern: AccessPattern }>('select server_access_pattern($1, $2, $3) as pattern', [
    deps.serverKey,
    actor.id,
    deviceTime(op.client_at, now),
  ]);
  const reasons = suspicionsOf(rows[0]!.pattern);
  if (reasons.length === 0) return;
  await noteIncident(context, {
    signal: 'bulk_download_pattern',
    severity: reasons.length > 1 ? 'high' : 'warning',
    device: event.device_label,
    page: null,
    metadata: { reasons, ...rows[0]!.pattern },
  });
}
