import { randomUUID } from 'node:crypto';
import type { Pool } from '../db/sql.ts';
import { insertRow, type NewRow } from '../seed/insert-rows.ts';
import type { World } from '../testing/oracle/world.ts';
import {
  createAssignment,
  createCourse,
  createLesson,
  createModule,
  createPathway,
  enrol,
  openLesson,
} from '../testing/people.ts';

/** What the random academy may lack on one side of a condition: things published and not, pictures of everybody, files of staff. */
export async function addStageRows(db: Pool, world: World): Promise<void> {
  const { people, courses } = world;
  const hidden = await createCourse(db, { is_published: false, title: 'Not announced yet' });
  await createLesson(db, await createModule(db, hidden));
  await createPathway(db, courses.slice(0, 2), { is_published: true });
  await createPathway(db, [hidden], { is_published: false });
  for (const { id } of people) await insertRow(db, 'files', portrait(id));
  await db.query('insert into notification_settings (user_id) select id from users');
  await addOpenLesson(db, world.students[0]!.id);
  await startNumbers(db);
  await addConversations(db, world);
  await addOperations(db, world);
}

/** A lesson that is open to a student, with a film, work to do and a sheet to read. */
async function addOpenLesson(db: Pool, student: string): Promise<void> {
  const course = await createCourse(db);
  await enrol(db, student, { course_id: course });
  const lesson = await createLesson(db, await createModule(db, course));
  await openLesson(db, student, lesson);
  await createAssignment(db, lesson);
  const sheet = { ...portrait(student), owner_id: null, linked_table: null, linked_id: null };
  const file_id = await insertRow(db, 'files', sheet);
  await insertRow(db, 'recording_attachments', { lesson_id: lesson, file_name: 'Sheet', file_id });
  await insertRow(db, 'lesson_media', {
    id: lesson,
    provider: 'file',
    file_id: await insertRow(db, 'files', { ...sheet, bucket: 'lesson-media', path: randomUUID() }),
  });
}

/** The academy's rows bring numbers of their own; those that the server gives begin far behind them. */
const startNumbers = (db: Pool) =>
  db.query(
    `insert into number_counters (scope, last_value)
     select series || ':' || extract(year from now()), 500000 from unnest(array['certificate', 'invoice', 'receipt']) as series
     on conflict (scope) do update set last_value = excluded.last_value`,
  );

/** Broadcasts of everybody, a manager's own conversation, a ticket that is gone with its answers. */
async function addConversations(db: Pool, { people, managers, students }: World): Promise<void> {
  for (const { id } of people)
    await thread(db, { kind: 'broadcast', member_key: `broadcast:${randomUUID()}`, created_by: id }, [
      id,
      students[0]!.id,
    ]);
  for (const { id, role } of people)
    if (role !== 'student' && id !== managers[0]!.id) await conversation(db, managers[0]!.id, id);
  const ticket = await insertRow(db, 'support_tickets', {
    student_id: students[0]!.id,
    created_by: students[0]!.id,
    title: 'Not needed any more',
    description: 'It opens now.',
  });
  await insertRow(db, 'support_ticket_replies', { ticket_id: ticket, user_id: students[0]!.id, message: 'Thanks' });
  await db.query('update support_tickets set is_deleted = true where id = $1', [ticket]);
}

async function conversation(db: Pool, one: string, other: string): Promise<void> {
  const pair = [one, other].toSorted();
  const member_key = `direct:${pair.join(':')}`;
  const { rowCount } = await db.query('select from message_threads where member_key = $1', [member_key]);
  if (rowCount === 0) await thread(db, { kind: 'direct', member_key, created_by: one }, pair);
}

async function thread(db: Pool, row: NewRow, members: readonly string[]): Promise<void> {
  const thread_id = await insertRow(db, 'message_threads', row);
  for (const user_id of new Set(members)) await insertRow(db, 'thread_members', { thread_id, user_id });
  const id = randomUUID();
  const [user_id] = members as [string];
  const file = { ...portrait(user_id), id: randomUUID(), linked_table: 'messages', linked_id: id };
  await insertRow(db, 'files', file);
  await insertRow(db, 'messages', { id, thread_id, user_id, content: 'Salam', file_ids: [file.id] });
}

/** Ranks that are hidden, runs of jobs and revisions that admins look at, lessons that wait elsewhere, batches without students. */
async function addOperations(db: Pool, { people, mentors, students, courses }: World): Promise<void> {
  await db.query(
    `update students set leaderboard_hidden = true where id in (
       (select user_id from leaderboard_snapshots where rank <= 50 order by id limit 1) union all
       (select s.user_id from leaderboard_snapshots s join course_enrollments e using (batch_id) where e.status <> 'cancelled' limit 1))`,
  );
  await db.query(
    `update leaderboard_snapshots set is_hidden = true, avatar_initials = null
     where user_id in (select id from students where leaderboard_hidden)`,
  );
  for (const job of ['rewards.build-leaderboard', 'learning.open-due-lessons'])
    await insertRow(db, 'job_runs', { job, scheduled_for: '2026-11-22T02:00:00Z' });
  // By somebody of each role: what superadmins did is not for admins.
  for (const { id } of people)
    await insertRow(db, 'admin_logs', { entity_type: 'courses', action: 'content_updated', performed_by: id });
  for (const entity of ['notification_templates', 'company_settings'])
    await insertRow(db, 'settings_revisions', { entity, entity_id: randomUUID(), before: {} });
  await insertRow(db, 'batch_courses', {
    batch_id: await insertRow(db, 'batches', { name: 'Nobody yet', start_date: '2030-01-01' }),
    course_id: courses[0]!,
  });
  const covered = courses[1]!;
  await db.query(
    `insert into mentor_course_assignments (mentor_id, course_id, is_global) values ($1, $2, false) on conflict do nothing`,
    [mentors[0]!.id, covered],
  );
  const lesson_id = await createLesson(db, await createModule(db, covered));
  await insertRow(db, 'lesson_drip_overrides', { lesson_id, course_id: covered, drip_days: 3 });
  for (const { id } of mentors) {
    const session = { title: 'Questions', start_time: '2026-11-01T10:00:00Z', audience: 'all', mentor_id: id };
    const session_id = await insertRow(db, 'success_sessions', session);
    await insertRow(db, 'session_attendance', { student_id: students[0]!.id, session_id });
  }
  const staff = people.filter(({ role }) => role === 'admin' || role === 'superadmin');
  for (const { id } of staff) await insertRow(db, 'student_sessions', { user_id: id, session_token: randomUUID() });
}

const portrait = (owner_id: string): NewRow => ({
  bucket: 'attachments',
  owner_id,
  path: `avatars/${owner_id}/${randomUUID()}.png`,
  original_name: 'me.png',
  mime: 'image/png',
  bytes: 100,
  sha256: '0'.repeat(64),
  status: 'ready',
  linked_table: 'users',
  linked_id: owner_id,
});
