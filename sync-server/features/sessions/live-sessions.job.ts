import { z } from 'zod';
import { at } from '#contract/rules/dates.ts';
import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { defineJob } from '../../jobs/define-job.ts';
import { notify, queueOutside } from '../notifications/index.ts';
import { findAudience, type SessionRow } from './session-row.ts';

const minute = 60_000;
/** Three runs of the clock: a reminder later than that says something that is no longer so, and is left out. */
const lateness = 15 * minute;

/** When people are reminded, before the start. The one of three hours goes by mail, where the company sends such mails. */
const reminders = [
  { column: 'reminder_24h_sent_at', before: 24 * 60 * minute, label: 'begins in 24 hours', byMail: false },
  { column: 'reminder_3h_sent_at', before: 180 * minute, label: 'begins in 3 hours', byMail: true },
  { column: 'reminder_1h_sent_at', before: 60 * minute, label: 'begins in an hour', byMail: false },
  { column: 'reminder_start_sent_at', before: 5 * minute, label: 'begins now', byMail: false },
] as const;
type Reminder = (typeof reminders)[number];

/** Every five minutes: sessions begin and end by the clock, and those they are for are reminded (workflows 4.3). */
export const watchSessions = defineJob({
  name: 'sessions.live-session-reminders',
  payload: z.unknown(),
  schedule: '*/5 * * * *',
  run: async (_, deps) => {
    const now = deps.clock.now();
    const moved = await moveByClock(deps, now);
    let reminded = 0;
    for (const reminder of reminders) reminded += await remind(deps, reminder, now);
    return { selected: moved + reminded, done: moved + reminded, skipped: 0, failed: 0 };
  },
});

/** One that was missed whole goes straight to its end. */
async function moveByClock({ server }: Deps, now: Date): Promise<number> {
  const { rowCount } = await server.query(
    `update success_sessions s set status = due.status
     from (select id, case when coalesce(end_time, start_time + interval '1 hour') <= $1 then 'completed' else 'live' end as status
           from success_sessions where status in ('upcoming', 'live') and start_time <= $1 and not is_deleted) due
     where s.id = due.id and s.status <> due.status`,
    [now],
  );
  return rowCount ?? 0;
}

type Due = SessionRow & { wants_mail: boolean };

async function remind(deps: Deps, reminder: Reminder, now: Date): Promise<number> {
  const latest = new Date(now.getTime() + reminder.before);
  const earliest = new Date(latest.getTime() - lateness);
  const { rows } = await deps.server.query<{ id: string }>(
    `select id from success_sessions
     where status in ('upcoming', 'live') and not is_deleted and ${reminder.column} is null
       and start_time <= $1 and start_time > $2`,
    [latest, earliest],
  );
  for (const { id } of rows) await asServer(deps.server, (tx) => remindOne(tx, deps, id, reminder, now));
  return rows.length;
}

/** The mark is the claim: of two workers one sends. */
async function remindOne(
  tx: Tx,
  deps: Deps,
  id: string,
  { column, label, byMail }: Reminder,
  now: Date,
): Promise<void> {
  const { rows } = await tx.query<Due>(
    `update success_sessions set ${column} = $2 where id = $1 and ${column} is null and status in ('upcoming', 'live')
     returning id, title, status, start_time, end_time, mentor_id, course_id, link, recording_url, audience, batch_ids,
       (select session_emails_enabled from company_settings) as wants_mail`,
    [id, now],
  );
  const session = rows[0];
  if (!session || (byMail && !session.wants_mail)) return;
  for (const to of await peopleOf(tx, session)) {
    const message = {
      template: 'session_reminder',
      to,
      fields: { title: session.title, time: session.start_time, label },
      link: `session/${id}`,
      dedupe: `session_reminder:${id}:${column}:${at(session.start_time)}:${to}`,
    } as const;
    await (byMail ? queueOutside(tx, deps, message) : notify(tx, deps, message));
  }
}

/** Those of the audience to whom the session is open, and the host. */
async function peopleOf(tx: Tx, session: SessionRow): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>('select sync_open_students($1::uuid[]) as id', [
    await findAudience(tx, session),
  ]);
  const people = rows.map(({ id }) => id);
  return session.mentor_id ? [...people, session.mentor_id] : people;
}
