import { messages, type Message } from '#contract/tables/messages.ts';
import { defineSync, type GuardAnswer, type PushContext } from '../../sync/define-sync.ts';
import { attach, mayAttach } from '../files/index.ts';
import { notify } from '../notifications/index.ts';
import { logActivity } from '../people/index.ts';

type Proposed = Pick<Message, 'thread_id' | 'user_id' | 'content'> & Partial<Pick<Message, 'file_ids' | 'reply_to_id'>>;
type ThreadFacts = { is_closed: boolean; may_write: boolean; answers: boolean };

/** A message in a conversation one is part of; never changed afterwards. */
export const messagesSync = defineSync(messages, {
  guard: async (context, { before, set, deleted }) => {
    if (deleted) return 'not_allowed';
    return before ? 'duplicate' : guardMessage(context, set as Proposed);
  },
  after: async (context, { before, after }) => {
    if (after && !before) await deliver(context, after as unknown as Message);
  },
});

async function guardMessage({ tx, actor, deps }: PushContext, set: Proposed): Promise<GuardAnswer> {
  if (set.user_id !== actor.id) return 'not_allowed';
  const { rowCount } = await tx.query('select from message_threads where id = $1', [set.thread_id]);
  const { rows } = await tx.query<{ facts: ThreadFacts | null }>('select server_thread_facts($1, $2, $3) as facts', [
    deps.serverKey,
    set.thread_id,
    set.reply_to_id ?? null,
  ]);
  const facts = rows[0]?.facts;
  // The conversation may still be on its way.
  if (!facts) return { wait: 'parent' };
  if (rowCount !== 1) return 'not_allowed';
  if (facts.is_closed) return 'closed';
  if (!facts.may_write) return 'not_allowed';
  if (!facts.answers || (set.content.trim() === '' && (set.file_ids ?? []).length === 0)) return 'invalid';
  return mayAttach(tx, actor, `messages/${set.thread_id}`, set.file_ids ?? []);
}

async function deliver({ tx, actor, deps, now }: PushContext, message: Message): Promise<void> {
  await attach(tx, deps.serverKey, actor.id, message.file_ids, { table: 'messages', id: message.id });
  const { rows: recipients } = await tx.query<{ id: string }>('select server_deliver_message($1, $2, $3) as id', [
    deps.serverKey,
    message.id,
    now.toISOString(),
  ]);
  const { rows: me } = await tx.query<{ full_name: string }>('select full_name from users where id = $1', [actor.id]);
  for (const { id } of recipients)
    await notify(tx, deps, {
      template: 'message_received',
      to: id,
      fields: { from: me[0]!.full_name, excerpt: excerptOf(message.content) },
      link: `thread/${message.thread_id}`,
      // The first unread one speaks for all that follow it.
      dedupe: `message:${message.id}:${id}`,
    });
  await logActivity(tx, deps, {
    person: actor.id,
    activity: 'message_sent',
    reference: message.thread_id,
    at: now.toISOString(),
  });
}

const excerptOf = (text: string): string => (text.length <= 200 ? text : `${text.slice(0, 199)}…`);
