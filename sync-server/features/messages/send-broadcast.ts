import { broadcastAnswerSchema, broadcastsAnHour, sendBroadcastSchema } from '#contract/api/messages.ts';
import { isStaff } from '#contract/roles.ts';
import { threadId } from '#contract/rules/messages.ts';
import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import { defineCommand, type CommandContext } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { enqueue } from '../../jobs/enqueue.ts';
import { logActivity, writeAudit } from '../people/index.ts';
import { fanOutBroadcast } from './fan-out-broadcast.job.ts';

/** Sends one message to many; a job brings it to them. */
export const sendBroadcast = defineCommand({
  name: 'send-broadcast',
  summary: 'Write to many at once; they cannot answer',
  input: sendBroadcastSchema,
  output: broadcastAnswerSchema,
  roles: ['mentor', 'admin', 'superadmin'],
  writes: true,
  run: (context, { subject, content, user_ids }) =>
    asServer(context.deps.server, async (tx) => {
      const { actor, deps, now } = context;
      await requireTurn(tx, context);
      const recipients = await findRecipients(tx, context, user_ids);
      if (user_ids && recipients.length < new Set(user_ids).size) throw new AppError('PERMISSION_DENIED');
      if (recipients.length === 0) throw new AppError('INVALID_INPUT', { message: 'There is nobody to write to.' });
      const key = `broadcast:${crypto.randomUUID()}`;
      const id = threadId(key);
      await tx.query(
        `insert into message_threads (id, kind, member_key, subject, created_by) values ($1, 'broadcast', $2, $3, $4)`,
        [id, key, subject, actor.id],
      );
      await tx.query('insert into thread_members (thread_id, user_id) values ($1, $2)', [id, actor.id]);
      const { rows } = await tx.query<{ id: string }>(
        'insert into messages (thread_id, user_id, content) values ($1, $2, $3) returning id',
        [id, actor.id, content],
      );
      await tx.query('select server_deliver_message($1, $2, $3)', [deps.serverKey, rows[0]!.id, now.toISOString()]);
      await enqueue(tx, fanOutBroadcast, { thread_id: id, recipients });
      await logActivity(tx, deps, { person: actor.id, activity: 'message_sent', reference: id, at: now.toISOString() });
      await writeAudit(tx, deps, {
        actor: actor.id,
        entity: 'message_threads',
        id,
        action: 'broadcast_sent',
        about: null,
        summary: `To ${recipients.length} people`,
        data: { subject, recipients: recipients.length },
      });
      return { thread_id: id, recipients: recipients.length };
    }),
});

/** A few an hour; two at once come one after the other. */
async function requireTurn(tx: Tx, { actor, now }: CommandContext): Promise<void> {
  await tx.query("select pg_advisory_xact_lock(hashtextextended('broadcast:' || $1, 0))", [actor.id]);
  const { rows } = await tx.query<{ sent: number }>(
    `select count(*)::int as sent from message_threads
     where kind = 'broadcast' and created_by = $1 and last_message_at > $2::timestamptz - interval '1 hour'`,
    [actor.id, now],
  );
  if (rows[0]!.sent >= broadcastsAnHour) throw new AppError('RATE_LIMIT_EXCEEDED', { retryAfter: 3600 });
}

/** Those of the named, else all students, whom the sender may reach. */
async function findRecipients(tx: Tx, { actor }: CommandContext, named: string[] | undefined): Promise<string[]> {
  const reachable = isStaff(actor.role)
    ? "select u.id from users u where u.id <> $1 and ($2::uuid[] is not null or u.role = 'student')"
    : 'select s.student_id as id from sync_mentored_students s where s.mentor_id = $1';
  const { rows } = await tx.query<{ id: string }>(
    `select distinct r.id from (${reachable}) r join users u on u.id = r.id
     where u.status = 'active' and not u.is_deleted and ($2::uuid[] is null or u.id = any ($2)) order by r.id`,
    [actor.id, named ?? null],
  );
  return rows.map(({ id }) => id);
}
