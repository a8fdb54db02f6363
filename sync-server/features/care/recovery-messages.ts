import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { fill, templateKeys, templates } from '../notifications/index.ts';
import type { SilentStudent } from './recovery-facts.ts';

type Parts = Pick<Deps, 'serverKey' | 'clock'>;
const textOf = { 1: 'recovery_first', 2: 'recovery_second', 3: 'recovery_final' } as const;

/** The same words in both outboxes and in the row, by which the row finds its delivery again. */
const dedupeOf = (student: string, cycle: number, attempt: number, channel: 'whatsapp' | 'email'): string =>
  `recovery:${student}:${cycle}:${attempt}:${channel}`;

type Attempt = { cycle: number; attempt: 1 | 2 | 3; days: number };

/** Writes one attempt down and hands it to WhatsApp, or to mail where that is not wanted. Answers whether anybody took it. */
export async function sendAttempt(tx: Tx, parts: Parts, student: SilentStudent, step: Attempt): Promise<boolean> {
  const message = await composeMessage(tx, student, step);
  const viaWhatsapp = await queue(tx, parts, 'server_queue_whatsapp($1, $2, $3, $4::jsonb, $5)', [
    student.id,
    message.whatsapp,
    JSON.stringify(message.fields),
    dedupeOf(student.id, step.cycle, step.attempt, 'whatsapp'),
  ]);
  const taken = viaWhatsapp || (await sendMail(tx, parts, student.id, step, message));
  await tx.query(
    `insert into student_recovery_messages (student_id, recovery_cycle, attempt, days_inactive, message_type, channel,
       message_status, message_content, error_message, message_sent_at, last_login_check)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      ...[student.id, step.cycle, step.attempt, step.days],
      ...(viaWhatsapp ? ['whatsapp_inactive', 'whatsapp'] : ['email_reminder', 'email']),
      taken ? 'pending' : 'failed',
      message.body,
      taken ? null : 'Neither a number nor an address that may be written to.',
      taken ? null : parts.clock.now(),
      student.last_activity_at,
    ],
  );
  return taken;
}

type Composed = {
  fields: Record<string, string | number>;
  subject: string;
  body: string;
  key: string;
  whatsapp: string;
};

async function composeMessage(
  tx: Tx,
  student: Pick<SilentStudent, 'name' | 'last_lesson'>,
  step: Attempt,
): Promise<Composed> {
  const { rows } = await tx.query<{ support: string }>('select contact_email as support from company_settings');
  const fields = {
    name: student.name,
    days: step.days,
    last_lesson: student.last_lesson ?? 'the first lesson',
    support: rows[0]!.support,
    link: 'home',
  };
  const name = textOf[step.attempt];
  const { email, whatsapp } = templates[name];
  return {
    fields,
    subject: fill(email.subject, fields),
    body: fill(email.body, fields),
    key: templateKeys[name],
    whatsapp,
  };
}

const sendMail = (
  tx: Tx,
  parts: Parts,
  student: string,
  { cycle, attempt }: Attempt,
  message: Composed,
): Promise<boolean> =>
  queue(tx, parts, "server_queue_email($1, $2, $3, $4::jsonb, $5, 'bulk')", [
    student,
    message.key,
    JSON.stringify({ ...message.fields, subject: message.subject, body: message.body }),
    dedupeOf(student, cycle, attempt, 'email'),
  ]);

/** `call` is one of the two above, never anything from outside. */
async function queue(tx: Tx, { serverKey }: Parts, call: string, values: unknown[]): Promise<boolean> {
  const { rows } = await tx.query<{ id: string | null }>(`select ${call} as id`, [serverKey, ...values]);
  return rows[0]!.id !== null;
}

type Waiting = {
  id: string;
  student_id: string;
  name: string;
  recovery_cycle: number;
  attempt: 1 | 2 | 3;
  days_inactive: number;
  last_lesson: null;
};

/**
 * What became of the messages that were handed over: sent once the provider took them, by mail where WhatsApp failed for good.
 * Answers how many failed.
 */
export async function settleDelivery(tx: Tx, parts: Parts): Promise<number> {
  const key = (channel: string) =>
    `'recovery:' || m.student_id || ':' || m.recovery_cycle || ':' || m.attempt || ':${channel}'`;
  await tx.query(
    `update student_recovery_messages m set message_status = 'sent', message_sent_at = coalesce(q.sent_at, $1)
     from (select dedupe_key, sent_at from whatsapp_queue where status in ('sent', 'delivered', 'read')
           union all select dedupe_key, sent_at from email_queue where status = 'sent') q
     where m.message_status = 'pending' and q.dedupe_key in (${key('whatsapp')}, ${key('email')})`,
    [parts.clock.now()],
  );
  const { rows } = await tx.query<Waiting>(
    `select m.id, m.student_id, u.full_name as name, m.recovery_cycle, m.attempt, m.days_inactive, null as last_lesson
     from student_recovery_messages m join users u on u.id = m.student_id
     join whatsapp_queue q on q.dedupe_key = ${key('whatsapp')}
     where m.message_status = 'pending' and m.channel = 'whatsapp' and q.status = 'failed'`,
  );
  for (const one of rows) {
    const step = { cycle: one.recovery_cycle, attempt: one.attempt, days: one.days_inactive };
    await sendMail(tx, parts, one.student_id, step, await composeMessage(tx, one, step));
    await tx.query(
      `update student_recovery_messages set channel = 'email', message_type = 'email_reminder' where id = $1`,
      [one.id],
    );
  }
  const { rowCount } = await tx.query(
    `update student_recovery_messages m set message_status = 'failed', error_message = q.error_message, message_sent_at = $1
     from email_queue q where m.message_status = 'pending' and m.channel = 'email' and q.dedupe_key = ${key('email')} and q.status = 'failed'`,
    [parts.clock.now()],
  );
  return rowCount ?? 0;
}
