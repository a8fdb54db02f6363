import { randomUUID } from 'node:crypto';
import type { Pool } from '../db/sql.ts';
import { insertRow, type NewRow } from '../seed/insert-rows.ts';
import type { World } from '../testing/oracle/world.ts';
import { createCourse, createLesson, createModule, createPathway } from '../testing/people.ts';

/** What the random academy may lack on one side of a condition: things published and not, pictures of everybody, files of staff. */
export async function addStageRows(db: Pool, world: World): Promise<void> {
  const { people, courses } = world;
  const hidden = await createCourse(db, { is_published: false, title: 'Not announced yet' });
  await createLesson(db, await createModule(db, hidden));
  await createPathway(db, courses.slice(0, 2), { is_published: true });
  await createPathway(db, [hidden], { is_published: false });
  for (const { id } of people) await insertRow(db, 'files', portrait(id));
  await db.query('insert into notification_settings (user_id) select id from users');
  await addConversations(db, world);
  await addOperations(db, world);
}

/** Broadcasts of everybody, a manager's own conversation, a ticket that is gone with its answers. */
async function addConversations(db: Pool, { people, managers, students }: World): Promise<void> {
  for (const { id } of people)
    await thread(db, { kind: 'broadcast', member_key: `broadcast:${randomUUID()}`, created_by: id }, [
      id,
      students[0]!.id,
    ]);
  const pair = [managers[0]!.id, managers[1]!.id].toSorted();
  const between = { kind: 'direct', member_key: `direct:${pair.join(':')}`, created_by: pair[0]! };
  const { rowCount } = await db.query('select from message_threads where member_key = $1', [between.member_key]);
  if (rowCount === 0) await thread(db, between, pair);
  const ticket = await insertRow(db, 'support_tickets', {
    student_id: students[0]!.id,
    created_by: students[0]!.id,
    title: 'Not needed any more',
    description: 'It opens now.',
  });
  await insertRow(db, 'support_ticket_replies', { ticket_id: ticket, user_id: students[0]!.id, message: 'Thanks' });
  await db.query('update support_tickets set is_deleted = true where id = $1', [ticket]);
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
async function addOperations(db: Pool, { people, mentors, courses, lessons }: World): Promise<void> {
  await db.query(
    `update leaderboard_snapshots set is_hidden = true, avatar_initials = null where id in (
       (select id from leaderboard_snapshots where rank <= 50 order by id limit 1) union all
       (select s.id from leaderboard_snapshots s join course_enrollments e using (batch_id) where e.status <> 'cancelled' limit 1))`,
  );
  await insertRow(db, 'job_runs', { job: 'rewards.build-leaderboard', scheduled_for: '2026-11-22T02:00:00Z' });
  await insertRow(db, 'batch_courses', {
    batch_id: await insertRow(db, 'batches', { name: 'Nobody yet', start_date: '2030-01-01' }),
    course_id: courses[0]!,
  });
  const covered = courses[1]!;
  await db.query(
    `insert into mentor_course_assignments (mentor_id, course_id, is_global) values ($1, $2, false) on conflict do nothing`,
    [mentors[0]!.id, covered],
  );
  const staff = people.filter(({ role }) => role === 'admin' || role === 'superadmin');
  for (const { id } of staff) await insertRow(db, 'student_sessions', { user_id: id, session_token: randomUUID() });
  await insertRow(db, 'settings_revisions', { entity: 'notification_templates', entity_id: randomUUID(), before: {} });
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
