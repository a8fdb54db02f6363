import { securitySignals, type SecuritySignal } from '#contract/tables/protection.ts';
import { deviceTime } from '../../sync/push/device-time.ts';
import { defineSync, type PushContext } from '../../sync/define-sync.ts';
import { findVisibleLesson, isWithinLimit, noteIncident, severityOf } from './protection.ts';
import { scrubUrl, scrubValue } from './scrub.ts';

/** What a student's device noticed. It is written down, and an incident with it for staff to look at; nothing else follows. */
export const securitySignalsSync = defineSync(securitySignals, {
  guard: async ({ actor }, { before, set }) => {
    if (before) return 'duplicate';
    if (actor.role !== 'student' || set['student_id'] !== actor.id) return 'not_allowed';
    return set['signal_type'] ? 'allowed' : 'invalid';
  },
  write: async (context, { set }) => {
    if (!(await isWithinLimit(context, 'security_signals'))) return 'allowed';
    await insertSignal(context, set as Partial<SecuritySignal>);
    return 'allowed';
  },
});

async function insertSignal(context: PushContext, signal: Partial<SecuritySignal>): Promise<void> {
  const { tx, op, actor, deviceId, now } = context;
  const page = signal.page_url ? scrubUrl(signal.page_url, 2000) : null;
  const lesson = await findVisibleLesson(context, signal.video_id);
  const details = scrubValue(signal.details ?? {}) as object;
  await tx.query(
    `insert into security_signals
       (id, student_id, signal_type, video_id, session_id, page_url, device_label, details, v, client_at, origin_device_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11)`,
    [
      op.id,
      actor.id,
      signal.signal_type,
      lesson,
      signal.session_id ?? null,
      page,
      signal.device_label ?? null,
      JSON.stringify(details),
      op.op,
      deviceTime(op.client_at, now),
      deviceId,
    ],
  );
  await noteIncident(context, {
    signal: signal.signal_type!,
    severity: severityOf[signal.signal_type!],
    device: signal.device_label,
    page,
    metadata: { security_signal_id: op.id, lesson_id: lesson },
  });
}
