import type { Pool, Tx } from '../../db/sql.ts';
import type { FailureKind } from './sender.ts';

/** A mail somebody has taken out of the queue to send. */
export type ClaimedMail = {
  id: string;
  user_id: string | null;
  template_key: string;
  recipient_email: string;
  recipient_name: string;
  cc: string | null;
  subject: string | null;
  body: string | null;
  payload: Record<string, unknown>;
  file_ids: string[];
  /** This try included. */
  retry_count: number;
};

/** Waits after the first, second … try that failed (workflows 3.22); after the last one there is no other. */
const waitsMinutes = [1, 5, 30, 120, 720];
export const mostTries = waitsMinutes.length + 1;
const lockMinutes = 5;

export type Selection = {
  /** Also those that wait for the run of the afternoon. */
  bulk: boolean;
  /** Only this mail. */
  only?: string;
};

/**
 * Takes the next mail that is due, for five minutes; other processes pass it over. One whose process died meanwhile is taken again.
 * The database's clock tells microseconds and ours does not: what was queued in this very millisecond is due.
 */
export async function claimMail(server: Pool, now: Date, { bulk, only }: Selection): Promise<ClaimedMail | null> {
  const { rows } = await server.query<ClaimedMail>({
    name: 'claim-mail',
    text: `update email_queue q set status = 'sending', retry_count = q.retry_count + 1,
         locked_until = $1::timestamptz + make_interval(mins => $2)
       from (
         select id from email_queue
         where retry_count < $5 and ($4::uuid is null or id = $4) and (
           status = 'pending' and scheduled_at < $1::timestamptz + interval '1 millisecond' and (priority = 'immediate' or $3 or $4 is not null)
           or status = 'sending' and locked_until < $1)
         order by priority = 'bulk', scheduled_at, id limit 1 for update skip locked) as next
       where q.id = next.id
       returning q.id, q.user_id, q.template_key, q.recipient_email, q.recipient_name, q.cc, q.subject, q.body, q.payload, q.file_ids,
         q.retry_count`,
    values: [now, lockMinutes, bulk, only ?? null, mostTries],
  });
  return rows[0] ?? null;
}

/** Mails whose last try ended with the process that made it: nobody can say whether they left. */
export async function giveUpLost(server: Pool, now: Date): Promise<string[]> {
  const { rows } = await server.query<{ id: string }>(
    `update email_queue set status = 'failed', locked_until = null, error_message = 'The last try did not end.'
     where status = 'sending' and locked_until < $1 and retry_count >= $2 returning id`,
    [now, mostTries],
  );
  return rows.map(({ id }) => id);
}

export async function markSent(
  tx: Tx,
  id: string,
  sent: { provider: string; providerId: string; at: Date },
): Promise<void> {
  await tx.query(
    `update email_queue set status = 'sent', sent_at = $4, locked_until = null, error_message = null, provider = $2,
       provider_message_id = $3 where id = $1`,
    [id, sent.provider, sent.providerId, sent.at],
  );
}

/** A mail that must not go out any more: its link or its person is gone. */
export async function markCancelled(tx: Tx, id: string): Promise<void> {
  await tx.query("update email_queue set status = 'cancelled', locked_until = null where id = $1", [id]);
}

export type Failed = { kind: FailureKind; message: string; until: Date | null; provider: string };

/** Puts a mail back for its next try, or ends it; answers when it is tried again, null when never. */
export async function markFailed(tx: Tx, mail: ClaimedMail, failed: Failed, now: Date): Promise<Date | null> {
  // What nobody could have sent does not count as a try of this mail.
  const uncounted = failed.kind === 'misconfigured' || failed.kind === 'paused';
  const wait = uncounted ? 15 : failed.kind === 'retry' ? waitsMinutes[mail.retry_count - 1] : undefined;
  const next = failed.until ?? (wait === undefined ? null : new Date(now.getTime() + wait * 60_000));
  await tx.query(
    `update email_queue set status = $2, scheduled_at = coalesce($3, scheduled_at), retry_count = $4, locked_until = null,
       error_message = $5, provider = $6 where id = $1`,
    [
      mail.id,
      next ? 'pending' : 'failed',
      next,
      uncounted ? mail.retry_count - 1 : mail.retry_count,
      failed.message,
      failed.provider,
    ],
  );
  return next;
}

/** While nothing can leave, nobody knocks in vain: what waits is put off as well. */
export async function putOff(server: Pool, until: Date): Promise<void> {
  await server.query("update email_queue set scheduled_at = $1 where status = 'pending' and scheduled_at < $1", [
    until,
  ]);
}

/** The address takes no mail (a hard bounce): nothing is queued to it until it is changed. */
export async function markUndeliverable(tx: Tx, address: string): Promise<void> {
  await tx.query('update users set email_undeliverable = true where email = $1 and not email_undeliverable', [address]);
}
