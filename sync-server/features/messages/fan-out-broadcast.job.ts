import { z } from 'zod';
import { asServer } from '../../db/as-actor.ts';
import type { Deps } from '../../deps.ts';
import { defineJob } from '../../jobs/define-job.ts';
import { notify } from '../notifications/index.ts';

/** Recipients entered in one transaction. */
const atOnce = 200;

/** Enters the recipients of a broadcast, a few hundred at a time; who is entered already is passed over. */
export const fanOutBroadcast = defineJob({
  name: 'messages.fan-out-broadcast',
  payload: z.object({ thread_id: z.uuid(), recipients: z.array(z.uuid()) }),
  run: async ({ thread_id, recipients }, deps) => {
    for (let start = 0; start < recipients.length; start += atOnce)
      await enter(deps, thread_id, recipients.slice(start, start + atOnce));
  },
});

type Sent = { id: string; content: string; author_name: string; subject: string };

async function enter(deps: Deps, threadId: string, people: readonly string[]): Promise<void> {
  await asServer(deps.server, async (tx) => {
    const { rows: sent } = await tx.query<Sent>(
      `select m.id, m.content, m.author_name, t.subject from messages m join message_threads t on t.id = m.thread_id
       where t.id = $1 and not t.is_deleted order by m.sent_at limit 1`,
      [threadId],
    );
    const message = sent[0];
    if (!message) return;
    const { rows: entered } = await tx.query<{ user_id: string }>(
      `insert into thread_members (thread_id, user_id, unread_count)
       select $1, person, 1 from unnest($2::uuid[]) as person
       on conflict (thread_id, user_id) do nothing returning user_id`,
      [threadId, people],
    );
    for (const { user_id } of entered)
      await notify(tx, deps, {
        template: 'message_received',
        to: user_id,
        fields: { from: message.author_name, excerpt: message.subject },
        link: `thread/${threadId}`,
        dedupe: `message:${message.id}:${user_id}`,
      });
  });
}
