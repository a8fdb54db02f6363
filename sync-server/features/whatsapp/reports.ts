import { z } from 'zod';
import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';

const status = z.object({
  id: z.string().max(300),
  status: z.enum(['sent', 'delivered', 'read', 'failed']),
  biz_opaque_callback_data: z.string().max(300).optional(),
  errors: z.array(z.object({ code: z.number(), title: z.string().optional() })).optional(),
});
const inbound = z.object({
  id: z.string().max(300),
  from: z.string().regex(/^\d{6,20}$/),
  text: z.object({ body: z.string() }).optional(),
});
const envelope = z.object({
  entry: z.array(
    z.object({
      changes: z.array(
        z.object({
          value: z.object({ statuses: z.array(z.unknown()).optional(), messages: z.array(z.unknown()).optional() }),
        }),
      ),
    }),
  ),
});
type Status = z.infer<typeof status>;
type Inbound = z.infer<typeof inbound>;

/** Reads one delivery of reports. They repeat and come in any order; what is unknown is passed over, for Meta sends many things. */
export async function takeReports(deps: Deps, body: Buffer): Promise<void> {
  const parsed = envelope.safeParse(parseJson(body));
  if (!parsed.success) return;
  const values = parsed.data.entry.flatMap(({ changes }) => changes.map(({ value }) => value));
  await asServer(deps.server, async (tx) => {
    for (const value of values) {
      for (const item of value.statuses ?? []) {
        const report = status.safeParse(item);
        if (report.success) await takeStatus(tx, deps, report.data);
      }
      for (const item of value.messages ?? []) {
        const message = inbound.safeParse(item);
        if (message.success) await takeMessage(tx, deps, message.data);
      }
    }
  });
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    // Signed, yet no JSON: nothing we know.
    return null;
  }
}

/** A message only ever moves on: sent, delivered, read; failed only where it was not delivered. */
async function takeStatus(tx: Tx, { clock }: Deps, report: Status): Promise<void> {
  const error = report.errors?.[0];
  const rowId = z.uuid().safeParse(report.biz_opaque_callback_data);
  await tx.query(
    `update whatsapp_queue q set status = $3, provider_message_id = coalesce(q.provider_message_id, $1), locked_until = null,
       sent_at = coalesce(q.sent_at, case when $3 <> 'failed' then $4::timestamptz end), error_code = $5, error_message = $6
     where (q.provider_message_id = $1 or q.provider_message_id is null and q.id = $2)
       and array_position(array['pending', 'sending', 'sent', 'failed', 'delivered', 'read'], q.status)
         < array_position(array['pending', 'sending', 'sent', 'failed', 'delivered', 'read'], $3)`,
    [
      report.id,
      rowId.data ?? null,
      report.status,
      clock.now(),
      error ? String(error.code) : null,
      error?.title?.slice(0, 300) ?? null,
    ],
  );
}

/** Words that end it, in the languages of the academy. */
const stopWords = new Set(['stop', 'unsubscribe', 'cancel', 'end', 'quit', 'band', 'band karo', 'بند', 'بند کرو']);
const recoveryWindow = '14 days';

/** Somebody answers: a stop word ends the consent; any other word of a silent student brings the student back. */
async function takeMessage(tx: Tx, { clock }: Deps, message: Inbound): Promise<void> {
  const { rows } = await tx.query<{ id: string }>(
    'select id from users where phone = $1 and not is_deleted and erased_at is null',
    [`+${message.from}`],
  );
  const person = rows[0]?.id;
  if (!person) return;
  const words =
    message.text?.body
      .trim()
      .toLowerCase()
      .replaceAll(/[.!]+$/g, '') ?? '';
  if (stopWords.has(words)) {
    await tx.query('update notification_settings set whatsapp_opt_in = false where user_id = $1 and whatsapp_opt_in', [
      person,
    ]);
    await tx.query("update whatsapp_queue set status = 'cancelled' where user_id = $1 and status = 'pending'", [
      person,
    ]);
    return;
  }
  await tx.query(
    `update student_recovery_messages set message_status = 'recovered', responded_at = $2, recovered_at = $2, close_cause = 'reply',
       recovery_successful = coalesce(message_sent_at, $2) > $2::timestamptz - $3::interval
     where student_id = $1 and message_status in ('pending', 'sent') and not is_deleted`,
    [person, clock.now(), recoveryWindow],
  );
}
