import type { Tx } from '../../db/sql.ts';
import type { CommandContext } from '../../http/commands.ts';
import { notify } from '../notifications/index.ts';
import { findAudience, type SessionRow } from './session-row.ts';

/** What happened to a session that its audience should hear of. */
export type News = 'created' | 'updated' | 'cancelled' | 'recorded';

const sentences: Record<News, string> = {
  created: 'A live session was planned.',
  updated: 'The session was changed.',
  cancelled: 'The session was cancelled.',
  recorded: 'The recording is there.',
};

/** Tells the audience and the host. A changed time re-arms the reminders. */
export async function announce(
  { tx, deps, actor, requestId }: CommandContext & { tx: Tx },
  session: SessionRow,
  news: News,
): Promise<void> {
  if (news === 'updated')
    await tx.query(
      `update success_sessions set reminder_24h_sent_at = null, reminder_3h_sent_at = null, reminder_1h_sent_at = null,
         reminder_start_sent_at = null where id = $1`,
      [session.id],
    );
  const people = new Set(await findAudience(tx, session));
  if (session.mentor_id) people.add(session.mentor_id);
  people.delete(actor.id);
  for (const to of people)
    await notify(tx, deps, {
      template: 'session_news',
      to,
      fields: { title: session.title, action: sentences[news], time: session.start_time },
      link: `session/${session.id}`,
      dedupe: `session:${session.id}:${news}:${requestId}:${to}`,
    });
}
