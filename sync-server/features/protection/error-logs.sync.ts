import { errorLogs, type ErrorLog } from '#contract/tables/protection.ts';
import { defineSync } from '../../sync/define-sync.ts';
import { deviceTime } from '../../sync/push/device-time.ts';
import { isWithinLimit } from './protection.ts';
import { scrubText, scrubUrl, scrubValue } from './scrub.ts';

const lengths = { code: 100, message: 2000, stack: 8000, url: 2000, agent: 500, version: 40, details: 16_000 };

/** Faults that apps met, of whoever is signed in. Secrets are taken out before anything is stored; long texts are cut. */
export const errorLogsSync = defineSync(errorLogs, {
  guard: async ({ actor }, { before, set }) => {
    if (before) return 'duplicate';
    if (set['user_id'] !== actor.id) return 'not_allowed';
    return set['error_message'] && set['error_type'] ? 'allowed' : 'invalid';
  },
  write: async (context, { set }) => {
    if (!(await isWithinLimit(context, 'error_logs'))) return 'allowed';
    const { tx, op, actor, deviceId, now } = context;
    const fault = set as Partial<ErrorLog>;
    const text = (value: string | null | undefined, longest: number) => (value ? scrubText(value, longest) : null);
    await tx.query(
      `insert into error_logs
         (id, user_id, error_type, error_code, error_message, error_details, stack_trace, url, user_agent, severity,
          app_version, v, client_at, origin_device_id)
       values ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9, $10, $11, $12, $13, $14)`,
      [
        op.id,
        actor.id,
        fault.error_type,
        text(fault.error_code, lengths.code),
        scrubText(fault.error_message!, lengths.message),
        detailsOf(fault.error_details),
        text(fault.stack_trace, lengths.stack),
        fault.url ? scrubUrl(fault.url, lengths.url) : null,
        text(fault.user_agent, lengths.agent),
        fault.severity ?? 'error',
        text(fault.app_version, lengths.version),
        op.op,
        deviceTime(op.client_at, now),
        deviceId,
      ],
    );
    return 'allowed';
  },
});

function detailsOf(details: ErrorLog['error_details'] | undefined): string | null {
  if (!details) return null;
  const clean = JSON.stringify(scrubValue(details));
  return clean.length > lengths.details ? JSON.stringify({ left_out: clean.length }) : clean;
}
