import { randomUUID } from 'node:crypto';
import { docKey, type TableName } from '#contract/tables/index.ts';
import type { Ask } from './asking.ts';
import type { Device } from './device.ts';
import type { Finding } from './judge/finding.ts';
import { insist } from './moves.ts';
import { mark } from './tokens.ts';
import { tryThem, type Grounds, type Wrong } from './strange-writes.ts';

type Asked = { id: string } & Record<string, unknown>;

/**
 * What stands before everybody's eyes and takes nothing all the same: a ticket or conversation that is closed, a lesson that is locked,
 * work that is still looked at. Row policies let these writes pass; the guard of the table alone is in the way.
 */
export async function knockOnClosedDoors(device: Device, grounds: Grounds, ask: Ask): Promise<Finding[]> {
  return [
    ...(await tryThem(device, await thinkOfOpenOnes(device, grounds), grounds, ask)),
    ...(await whileClosed(device, grounds, ask)),
  ];
}

/** Rows of a question whose `$1` is the person, as far as the person knows them. */
async function known(
  { person }: Device,
  { database, audience }: Grounds,
  table: TableName,
  question: string,
): Promise<Asked[]> {
  const { rows } = await insist(() => database.server.query<Asked>(question, [person.id]));
  return rows.filter(({ id }) => audience.couldSee(person.id, docKey(table, id)));
}

const insert = (type: TableName, set: Wrong['set']): Wrong => ({ type, id: randomUUID(), base: null, set });

const reply = (me: string, ticket_id: string, is_internal: boolean): Wrong =>
  insert('support_ticket_replies', { ticket_id, user_id: me, message: mark('ticket', me), is_internal, file_ids: [] });

const work = (me: string, assignment_id: string): Wrong =>
  insert('submissions', {
    assignment_id,
    student_id: me,
    content: mark('work', me),
    links: [],
    file_ids: [],
    client_submitted_at: new Date().toISOString(),
    based_on: null,
  });

async function thinkOfOpenOnes(device: Device, grounds: Grounds): Promise<Wrong[]> {
  const { id: me, role } = device.person;
  const first = async (table: TableName, question: string): Promise<Asked[]> =>
    (await known(device, grounds, table, question)).slice(0, 1);
  if (role === 'mentor' || role === 'admin' || role === 'superadmin') {
    const pending = await first(
      'submissions',
      "select id, version from submissions where id <> $1 and status = 'pending' and not is_deleted order by id",
    );
    return pending.map(({ id, version }) =>
      insert('submission_reviews', {
        submission_id: id,
        submission_version: Number(version) + 1,
        reviewer_id: me,
        decision: 'approved',
        notes: mark('review', me),
        score: null,
        reviewed_at_client: new Date().toISOString(),
      }),
    );
  }
  if (role !== 'student') return [];
  const tickets = await first(
    'support_tickets',
    'select id from support_tickets where student_id = $1 and not is_deleted order by id',
  );
  const tasks = "select a.id from assignments a where a.is_active and not a.is_deleted and a.submission_type = 'text'";
  const locked = await first(
    'assignments',
    `${tasks} and exists (select from available_lessons l where l.id = a.lesson_id)
     and not exists (select from user_unlocks u where u.lesson_id = a.lesson_id and u.user_id = $1) order by a.id`,
  );
  const pending = await first(
    'assignments',
    `${tasks} and exists (
       select from submissions s where s.assignment_id = a.id and s.student_id = $1 and s.status = 'pending' and not s.is_deleted)
     order by a.id`,
  );
  return [...tickets.map(({ id }) => reply(me, id, true)), ...[...locked, ...pending].map(({ id }) => work(me, id))];
}

/** Closed for a moment, for nothing here closes them for good. */
async function whileClosed(device: Device, grounds: Grounds, ask: Ask): Promise<Finding[]> {
  const { id: me } = device.person;
  const [ticket] = await known(
    device,
    grounds,
    'support_tickets',
    "select id, status from support_tickets where id <> $1 and status <> 'closed' and not is_deleted order by id",
  );
  const [thread] = await known(
    device,
    grounds,
    'message_threads',
    `select t.id from message_threads t join thread_members m on m.thread_id = t.id and m.user_id = $1 and not m.is_deleted
     where t.closed_at is null and t.kind <> 'broadcast' and not t.is_deleted order by t.id`,
  );
  const { server } = grounds.database;
  const change = (text: string, values: unknown[]) => insist(() => server.query(text, values));
  const setTicket = (status: unknown) =>
    change('update support_tickets set status = $2 where id = $1', [ticket!.id, status]);
  const setThread = (at: Date | null) =>
    change('update message_threads set closed_at = $2 where id = $1', [thread!.id, at]);
  if (ticket) await setTicket('closed');
  if (thread) await setThread(new Date());
  const said = { user_id: me, content: mark('message', me), file_ids: [], reply_to_id: null };
  const wrongs = [
    ...(ticket ? [reply(me, ticket.id, false)] : []),
    ...(thread ? [insert('messages', { ...said, thread_id: thread.id })] : []),
  ];
  const findings = await tryThem(device, wrongs, grounds, ask);
  if (ticket) await setTicket(ticket['status']);
  if (thread) await setThread(null);
  return findings;
}
