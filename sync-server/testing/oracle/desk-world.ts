import { randomUUID } from 'node:crypto';
import type { Pool } from '../../db/sql.ts';
import { insertRow, type NewRow } from '../../seed/insert-rows.ts';
import type { Person } from '../people.ts';
import type { Dice, World } from './world.ts';

const file = (owner_id: string, linked_table: string, linked_id: string): NewRow => ({
  id: randomUUID(),
  bucket: 'attachments',
  owner_id,
  path: randomUUID(),
  original_name: 'picture.png',
  mime: 'image/png',
  bytes: 1,
  sha256: '0'.repeat(64),
  status: 'ready',
  linked_table,
  linked_id,
});

/** A row that names a file, and the file that says it hangs on it; now and then it is somebody else's, or not named. */
async function insertWithFile(
  db: Pool,
  dice: Dice,
  world: World,
  table: string,
  owner: string,
  row: NewRow,
): Promise<string> {
  const id = randomUUID();
  const attached = file(dice.chance(0.85) ? owner : dice.pick(world.people).id, table, id);
  const isNamed = dice.chance(0.85);
  // Sometimes the file is there first, as devices send it, sometimes last.
  const isFirst = dice.chance(0.5);
  if (isFirst) await insertRow(db, 'files', attached);
  await insertRow(db, table, { id, ...row, file_ids: isNamed ? [attached['id']] : [] });
  if (!isFirst) await insertRow(db, 'files', attached);
  return id;
}

/** Sessions, tickets, conversations and questions to the Success Partner, spread over the academy at random. */
export async function addDesk(db: Pool, dice: Dice, world: World): Promise<void> {
  for (let at = 0; at < 8; at++)
    await addSession(db, dice, world, dice.chance(0.6) ? dice.pick(world.mentors).id : null);
  const sessions = await idsOf(db, 'success_sessions');
  for (const student of world.students) {
    for (const session_id of sessions)
      if (dice.chance(0.25)) await insertRow(db, 'session_attendance', { student_id: student.id, session_id });
    for (let at = 0; at < 2; at++) await addTicket(db, dice, world, student);
    await addPartner(db, student);
    if (dice.chance(0.8)) await addInbox(db, dice, world, student);
  }
  for (let at = 0; at < 6; at++) await addConversation(db, dice, world, dice.pick(world.people));
  // Every mentor has hosted something, and everybody was there.
  for (const mentor of world.mentors) {
    const session_id = await addSession(db, dice, world, mentor.id);
    for (const { id } of world.students) await insertRow(db, 'session_attendance', { student_id: id, session_id });
  }
  // Everybody of the team talks to somebody, whatever the dice say.
  for (const person of world.people) if (person.role !== 'student') await addConversation(db, dice, world, person);
  await addBroadcast(db, dice, world);
  for (const person of world.people)
    if (person.role !== 'student' && person.role !== 'enrollment_manager')
      await insertRow(db, 'saved_replies', {
        owner_id: person.id,
        kind: 'ticket',
        title: 'Thanks',
        body: 'Thank you.',
      });
}

const idsOf = async (db: Pool, table: string): Promise<string[]> =>
  (await db.query<{ id: string }>(`select id from ${table} order by id`)).rows.map(({ id }) => id);

async function addSession(db: Pool, dice: Dice, world: World, host: string | null): Promise<string> {
  const audience = dice.pick(['all', 'course', 'batches', 'batches', 'unbatched', 'unbatched']);
  const needsCourse = audience === 'course' || audience === 'unbatched';
  return insertRow(db, 'success_sessions', {
    title: 'Questions and answers',
    start_time: sessionStart(dice),
    link: `https://meet.example/${randomUUID()}`,
    recording_url: dice.chance(0.3) ? 'https://video.example/1' : null,
    notes: 'For the team',
    status: dice.pick(['draft', 'upcoming', 'completed', 'cancelled']),
    mentor_id: host,
    course_id: needsCourse || dice.chance(0.4) ? dice.pick(world.courses) : null,
    audience,
    batch_ids: audience === 'batches' ? [dice.pick(world.batches), dice.pick(world.batches)] : [],
    zoom_passcode: 'in the room',
    host_login_email: 'host@example.test',
  });
}

/** Before, or after, everybody was enrolled. */
const sessionStart = (dice: Dice): string => dice.pick(['2020-01-01T15:00:00Z', '2100-01-01T15:00:00Z']);

async function addTicket(db: Pool, dice: Dice, world: World, student: Person): Promise<void> {
  const opener = dice.chance(0.7) ? student : dice.pick([...world.mentors, ...world.managers]);
  const ticket_id = await insertWithFile(db, dice, world, 'support_tickets', opener.id, {
    student_id: student.id,
    created_by: opener.id,
    title: 'It does not open',
    description: 'The second lesson stays grey.',
    assigned_to: dice.chance(0.5) ? dice.pick([...world.mentors, ...world.managers]).id : null,
    response_due_at: '2026-12-01T00:00:00Z',
  });
  for (let at = 0; at < 3; at++) {
    const is_internal = dice.chance(0.4);
    const writer = is_internal ? dice.pick(world.mentors) : dice.pick([student, ...world.mentors]);
    await insertWithFile(db, dice, world, 'support_ticket_replies', writer.id, {
      ticket_id,
      user_id: writer.id,
      message: is_internal ? 'Among us: he has not paid.' : 'Please try again.',
      is_internal,
    });
  }
}

async function addPartner(db: Pool, { id: student_id }: Person): Promise<void> {
  const message_id = await insertRow(db, 'success_partner_messages', {
    student_id,
    role: 'user',
    content: 'What next?',
    conversation_id: randomUUID(),
  });
  await insertRow(db, 'success_partner_credits', { student_id, date: '2026-11-22', credits_used: 1 });
  await insertRow(db, 'success_partner_ledger', {
    student_id,
    message_id,
    kind: 'spend',
    date: '2026-11-22',
    delta: 1,
  });
}

async function addInbox(db: Pool, dice: Dice, world: World, student: Person): Promise<void> {
  const staff = world.people.filter(({ role }) => role === 'admin' || role === 'superadmin');
  const thread = await insertRow(db, 'message_threads', {
    kind: 'staff_inbox',
    member_key: `staff_inbox:${student.id}`,
    student_id: student.id,
    created_by: student.id,
  });
  await enter(db, thread, [student, dice.pick(staff), dice.pick(world.managers)]);
  for (const writer of [student, dice.pick(staff)]) await say(db, dice, world, thread, writer);
}

async function addConversation(db: Pool, dice: Dice, world: World, one: Person): Promise<void> {
  const pair = [one, dice.pick(world.people.filter(({ id }) => id !== one.id))].toSorted((a, b) =>
    a.id < b.id ? -1 : 1,
  );
  const [lower, higher] = pair as [Person, Person];
  const member_key = `direct:${lower.id}:${higher.id}`;
  const { rowCount } = await db.query('select from message_threads where member_key = $1', [member_key]);
  if (rowCount) return;
  const thread = await insertRow(db, 'message_threads', { kind: 'direct', member_key, created_by: lower.id });
  await enter(db, thread, pair);
  for (const writer of pair) await say(db, dice, world, thread, writer);
}

async function addBroadcast(db: Pool, dice: Dice, world: World): Promise<void> {
  const sender = dice.pick(world.mentors);
  const thread = await insertRow(db, 'message_threads', {
    kind: 'broadcast',
    member_key: `broadcast:${randomUUID()}`,
    created_by: sender.id,
  });
  await enter(db, thread, [sender, ...world.students.filter(() => dice.chance(0.6))]);
  await say(db, dice, world, thread, sender);
}

async function enter(db: Pool, thread_id: string, people: readonly Person[]): Promise<void> {
  for (const { id: user_id } of people) await insertRow(db, 'thread_members', { thread_id, user_id, unread_count: 1 });
}

const say = (db: Pool, dice: Dice, world: World, thread_id: string, { id: user_id, full_name }: Person) =>
  insertWithFile(db, dice, world, 'messages', user_id, {
    thread_id,
    user_id,
    content: 'Salam',
    author_name: full_name,
  });

type Change = (db: Pool, dice: Dice, world: World) => Promise<void>;
const oneOf = (table: string) => `(select id from ${table} order by md5(id::text || $1) limit 1)`;
const move =
  (sql: string, values: (dice: Dice, world: World) => unknown[] = () => []): Change =>
  async (db, dice, world) =>
    void (await db.query(sql, [String(dice.int(1e6)), ...values(dice, world)]));

/** What moves sessions, tickets and conversations in and out of sight. */
export const deskChanges: Record<string, Change> = {
  'session for others': move(
    `update success_sessions set course_id = $2, batch_ids = array[$3::uuid], audience = $4 where id = ${oneOf('success_sessions')}`,
    (dice, { courses, batches }) => [
      dice.pick(courses),
      dice.pick(batches),
      dice.pick(['all', 'course', 'batches', 'unbatched']),
    ],
  ),
  'session published': move(
    `update success_sessions set status = $2 where id = ${oneOf('success_sessions')}`,
    (dice) => [dice.pick(['draft', 'upcoming', 'cancelled'])],
  ),
  'session moved': move(
    `update success_sessions set start_time = $2, link = 'https://meet.example/' || $1 where id = ${oneOf('success_sessions')}`,
    (dice) => [sessionStart(dice)],
  ),
  'session handed over': move(
    `update success_sessions set mentor_id = $2 where id = ${oneOf('success_sessions')}`,
    (dice, { mentors }) => [dice.pick([...mentors.map(({ id }) => id), null])],
  ),
  'student limited': move(
    'update users set lms_status = $3 where id = $2 and $1::text is not null',
    (dice, { students }) => [dice.pick(students).id, dice.pick(['active', 'suspended', 'inactive', 'complete'])],
  ),
  'enrolled into a batch': move(
    `update course_enrollments set batch_id = $2, enrolled_at = $3 where id = ${oneOf('course_enrollments')}`,
    (dice, { batches }) => [dice.pick([...batches, null]), dice.pick(['2019-01-01T00:00:00Z', '2026-01-01T00:00:00Z'])],
  ),
  'ticket reassigned': move(
    `update support_tickets set assigned_to = $2 where id = ${oneOf('support_tickets')}`,
    (dice, { mentors, managers }) => [dice.pick([...mentors, ...managers]).id],
  ),
  'ticket left': move(`update support_tickets set assigned_to = null where id = ${oneOf('support_tickets')}`),
  'ticket deleted': move(
    `update support_tickets set is_deleted = not is_deleted where id = ${oneOf('support_tickets')}`,
  ),
  'member leaves': move(`update thread_members set is_deleted = not is_deleted where id = ${oneOf('thread_members')}`),
  'member reads': move(
    `update thread_members set unread_count = 0, last_read_at = greatest(last_read_at, now()) where id = ${oneOf('thread_members')}`,
  ),
  'conversation deleted': move(
    `update message_threads set is_deleted = not is_deleted where id = ${oneOf('message_threads')}`,
  ),
  'message read': move(`update messages set status = 'read' where id = ${oneOf('messages')}`),
};
