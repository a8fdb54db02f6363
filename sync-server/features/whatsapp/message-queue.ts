import type { Pool, Tx } from '../../db/sql.ts';
import type { QuietHours } from '#contract/rules/quiet-hours.ts';
import type { CloudFailure } from './cloud-api.ts';

export type ClaimedMessage = {
  id: string;
  user_id: string | null;
  to_phone: string;
  template_key: string;
  language: string;
  payload: Record<string, unknown>;
  /** This try included. */
  retry_count: number;
  /** The person's own, else the company's. */
  quiet: QuietHours | null;
  timezone: string;
};

const waitsMinutes = [1, 5, 30, 120, 720];
export const mostTries = waitsMinutes.length + 1;
/** So long nobody sends a message again whose answer never came: a report may still say that it left (workflows 5.2). */
const unknownMinutes = 15;

/**
 * Takes the next message that is due and marks it before anything leaves. One whose outcome is unknown comes again late. The
 * database's clock tells microseconds and ours does not: what was queued in this very millisecond is due.
 */
export async function claimMessage(server: Pool, now: Date): Promise<ClaimedMessage | null> {
  const { rows } = await server.query<ClaimedMessage>({
    name: 'claim-whatsapp',
    text: `update whatsapp_queue q set status = 'sending', retry_count = q.retry_count + 1,
         locked_until = $1::timestamptz + make_interval(mins => $2)
       from (
         select id from whatsapp_queue
         where retry_count < $3 and (status = 'pending' and scheduled_at < $1::timestamptz + interval '1 millisecond' or status = 'sending' and locked_until < $1)
         order by scheduled_at, id limit 1 for update skip locked) as next
       where q.id = next.id
       returning q.id, q.user_id, q.to_phone, q.template_key, q.language, q.payload, q.retry_count,
         coalesce((select s.quiet_hours from notification_settings s where s.user_id = q.user_id), (select c.quiet_hours from company_settings c)) as quiet,
         coalesce((select c.timezone from company_settings c), 'UTC') as timezone`,
    values: [now, unknownMinutes, mostTries],
  });
  return rows[0] ?? null;
}

/** Messages whose last try ended nobody knows how. */
export async function giveUpLost(server: Pool, now: Date): Promise<void> {
  await server.query(
    `update whatsapp_queue set status = 'failed', locked_until = null, error_message = 'The last try did not end.'
     where status = 'sending' and locked_until < $1 and retry_count >= $2`,
    [now, mostTries],
  );
}

/** A report may have been quicker than the answer, so only what is still being sent moves. */
export async function markSent(tx: Tx, id: string, wamid: string, at: Date): Promise<void> {
  await tx.query(
    `update whatsapp_queue set status = case when status = 'sending' then 'sent' else status end, sent_at = coalesce(sent_at, $3),
       provider_message_id = $2, locked_until = null, error_code = null, error_message = null where id = $1`,
    [id, wamid, at],
  );
}

/** Puts a message off without counting the try. */
export async function putBack(tx: Tx, id: string, until: Date | string): Promise<void> {
  await tx.query(
    `update whatsapp_queue set status = 'pending', scheduled_at = $2, locked_until = null, retry_count = retry_count - 1 where id = $1`,
    [id, until],
  );
}

/** Puts a message back for its next try, ends it, or leaves it locked where it may have left after all. */
export async function markFailed(tx: Tx, message: ClaimedMessage, failure: CloudFailure, now: Date): Promise<void> {
  const { kind, code, waitMinutes } = failure;
  if (kind === 'unknown') {
    await tx.query('update whatsapp_queue set error_message = $2 where id = $1', [message.id, failure.message]);
    return;
  }
  const wait =
    kind === 'misconfigured'
      ? 15
      : kind === 'wait'
        ? waitMinutes
        : kind === 'retry'
          ? waitsMinutes[message.retry_count - 1]
          : undefined;
  const uncounted = kind === 'misconfigured' || kind === 'wait';
  await tx.query(
    `update whatsapp_queue set status = $2, scheduled_at = coalesce($3, scheduled_at), retry_count = $4, locked_until = null,
       error_code = $5, error_message = $6 where id = $1`,
    [
      message.id,
      wait === undefined || wait === null ? 'failed' : 'pending',
      wait === undefined || wait === null ? null : new Date(now.getTime() + wait * 60_000),
      uncounted ? message.retry_count - 1 : message.retry_count,
      code,
      failure.message,
    ],
  );
}
