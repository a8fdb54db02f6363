import { randomUUID } from 'node:crypto';
import type { Role } from '#contract/roles.ts';
import type { Pool } from '../../db/sql.ts';
import { insertRow, type NewRow } from '../../seed/insert-rows.ts';
import { addMoney, moneyChanges } from './billing-world.ts';
import { addCare, careChanges } from './care-world.ts';
import { addContent, contentChanges } from './content-world.ts';
import {
  assignMentor,
  coverCourse,
  createAssignment,
  createBatch,
  createCompany,
  createCourse,
  createLesson,
  createModule,
  createPathway,
  createPerson,
  createSubmission,
  enrol,
  openLesson,
  type Person,
} from '../people.ts';
import { addRewards, rewardsChanges } from './rewards-world.ts';
import { addDesk, deskChanges } from './desk-world.ts';
import { addDocuments, documentChanges } from './documents-world.ts';

/** Random numbers that come again with the seed. */
export type Dice = { chance(p: number): boolean; pick<T>(items: readonly T[]): T; int(below: number): number };

export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (below: number): number => Math.floor(next() * below);
  return { chance: (p) => next() < p, int, pick: (items) => items[int(items.length)]! };
}

export type World = {
  people: Person[];
  students: Person[];
  mentors: Person[];
  managers: Person[];
  courses: string[];
  modules: string[];
  lessons: string[];
  assignments: string[];
  pathways: string[];
  batches: string[];
};

/** An academy with people of every role and something of every table, put together at random. */
export async function createWorld(db: Pool, dice: Dice, password: string): Promise<World> {
  await createCompany(db);
  const many = async (role: Role, count: number, options: () => NewRow = () => ({})): Promise<Person[]> => {
    const made: Person[] = [];
    for (let at = 0; at < count; at++) made.push(await createPerson(db, role, { password, ...options() }));
    return made;
  };
  const managers = await many('enrollment_manager', 2);
  const mentors = await many('mentor', 3);
  const staff = [...(await many('admin', 1)), ...(await many('superadmin', 2))];
  const students = await many('student', 5, () => ({ created_by: dice.pick(managers).id }));
  const world: World = {
    people: [...managers, ...mentors, ...staff, ...students],
    students,
    mentors,
    managers,
    courses: [],
    modules: [],
    lessons: [],
    assignments: [],
    pathways: [],
    batches: [],
  };
  for (let at = 0; at < 4; at++) await addCourse(db, dice, world);
  for (let at = 0; at < 2; at++)
    world.pathways.push(
      await createPathway(db, [...world.courses].slice(at, at + 3), { is_published: dice.chance(0.5) }),
    );
  world.batches.push(
    await createBatch(db, { course_id: dice.pick(world.courses) }),
    await createBatch(db, { course_ids: [dice.pick(world.courses)] }),
  );
  await coverCourse(db, mentors[0]!.id, dice.pick(world.courses));
  await insertRow(db, 'files', fileRow({ bucket: 'company-logos', owner_id: staff[0]!.id }));
  for (const mentor of mentors)
    await insertRow(
      db,
      'files',
      fileRow({ bucket: 'attachments', owner_id: mentor.id, linked_table: 'users', linked_id: mentor.id }),
    );
  for (const student of students) await addLearning(db, dice, world, student);
  await addContent(db, dice, world);
  await addRewards(db, dice, world);
  await addDesk(db, dice, world);
  await addDocuments(db, dice, world);
  return world;
}

async function addCourse(db: Pool, dice: Dice, world: World): Promise<void> {
  const course = await createCourse(db, { is_published: dice.chance(0.7) });
  world.courses.push(course);
  await insertRow(db, 'assignments', { course_id: course, name: 'Of the course', instructions: 'Always open' });
  for (let at = 0; at < 2; at++) {
    const module = await createModule(db, course, { sequence_order: at });
    world.modules.push(module);
    for (let index = 0; index < 3; index++) {
      const lesson = await createLesson(db, module, { is_published: dice.chance(0.8), notes: 'For staff only' });
      world.lessons.push(lesson);
      const file = await insertRow(db, 'files', fileRow({ bucket: 'attachments', owner_id: null }));
      await insertRow(db, 'recording_attachments', { lesson_id: lesson, file_name: 'Sheet', file_id: file });
      await insertRow(db, 'lesson_media', {
        id: lesson,
        provider: 'file',
        file_id: await insertRow(db, 'files', fileRow({ bucket: 'lesson-media', owner_id: null })),
      });
      if (dice.chance(0.7)) world.assignments.push(await createAssignment(db, lesson, { instructions: 'Do this' }));
    }
  }
}

async function addLearning(db: Pool, dice: Dice, world: World, { id }: Person): Promise<void> {
  const status = () => dice.pick(['active', 'active', 'paused', 'completed', 'cancelled']);
  const enrolment = await enrol(
    db,
    id,
    { course_id: dice.pick(world.courses) },
    { status: status(), batch_id: dice.chance(0.4) ? dice.pick(world.batches) : null },
  );
  await enrol(db, id, { pathway_id: dice.pick(world.pathways) }, { status: status() });
  if (dice.chance(0.5)) await assignMentor(db, dice.pick(world.mentors).id, id);
  await addMoney(db, dice, world, id, enrolment);
  await addCare(db, dice, world, id);
  await insertRow(db, 'notifications', { user_id: id, type: 'welcome', title: 'Welcome', body: 'Hello' });
  await insertRow(db, 'notifications', {
    user_id: id,
    type: 'welcome',
    title: 'Mail',
    body: 'Not in the app',
    channel: 'email',
  });
  for (const lesson of world.lessons) {
    if (dice.chance(0.3)) await openLesson(db, id, lesson, unlockState(dice));
    if (dice.chance(0.2))
      await insertRow(db, 'recording_views', {
        user_id: id,
        lesson_id: lesson,
        position_seconds: dice.int(600),
        watched_ranges: [[0, 5]],
      });
    if (dice.chance(0.1)) await insertRow(db, 'recording_ratings', { user_id: id, lesson_id: lesson, rating: 5 });
    if (dice.chance(0.1)) await insertRow(db, 'lesson_notes', { user_id: id, lesson_id: lesson, body: 'Private' });
  }
  for (const module of world.modules)
    if (dice.chance(0.3))
      await insertRow(db, 'user_module_progress', { user_id: id, module_id: module, progress_percentage: 10 });
  for (const assignment of world.assignments) if (dice.chance(0.4)) await addWork(db, dice, world, id, assignment);
}

async function addWork(db: Pool, dice: Dice, world: World, student: string, assignment: string): Promise<void> {
  const submission = await createSubmission(db, student, assignment, {
    assigned_to: dice.chance(0.3) ? dice.pick(world.mentors).id : null,
  });
  const owner = dice.chance(0.8) ? student : dice.pick(world.students).id;
  await insertRow(
    db,
    'files',
    fileRow({ bucket: 'assignment-submissions', owner_id: owner, linked_table: 'submissions', linked_id: submission }),
  );
  if (!dice.chance(0.5)) return;
  await insertRow(db, 'submission_reviews', {
    submission_id: submission,
    submission_version: 1,
    reviewer_id: dice.pick(world.mentors).id,
    decision: 'comment',
    notes: 'Seen',
    reviewed_at_client: '2026-11-22T10:00:00Z',
    outcome: dice.pick(['applied', 'superseded', 'rejected']),
  });
}

const unlockState = (dice: Dice): NewRow =>
  dice.pick<NewRow>([
    {},
    { is_unlocked: false, reason: 'account_restricted' },
    { is_unlocked: false, unlocked_at: null, reason: 'drip_locked' },
    { is_unlocked: false, unlocked_at: null, reason: 'previous_lesson_not_watched', offline_openable: true },
  ]);

const fileRow = (row: NewRow): NewRow => ({
  path: randomUUID(),
  original_name: 'file',
  mime: 'text/plain',
  bytes: 1,
  sha256: '0'.repeat(64),
  status: 'ready',
  ...row,
});

/** One random change of the kind that moves rows in or out of somebody's sight, or changes what they show. */
export async function changeSomething(db: Pool, dice: Dice, world: World): Promise<string> {
  const kinds = Object.keys(changes);
  const kind = dice.pick(kinds);
  await changes[kind]!(db, dice, world);
  return kind;
}

const anyRow = (table: string) => `(select id from ${table} order by md5(id::text || $1) limit 1)`;
const touch = (sql: string) => async (db: Pool, dice: Dice) =>
  void (await db.query(sql, [String(dice.int(1_000_000))]));

const changes: Record<string, (db: Pool, dice: Dice, world: World) => Promise<void>> = {
  ...contentChanges,
  'enrolment status': async (db, dice) =>
    void (await db.query(`update course_enrollments set status = $2 where id = ${anyRow('course_enrollments')}`, [
      String(dice.int(1e6)),
      dice.pick(['active', 'cancelled', 'paused', 'completed']),
    ])),
  'pathway step': async (db, dice, world) =>
    void (await db.query(
      `update course_enrollments set current_course_id = $2 where pathway_id is not null and id in (select id from course_enrollments where pathway_id is not null order by md5(id::text || $1) limit 1)`,
      [String(dice.int(1e6)), dice.pick([...world.courses, null])],
    )),
  'module moves': async (db, dice, world) =>
    void (await db.query('update modules set course_id = $2 where id = $1', [
      dice.pick(world.modules),
      dice.pick(world.courses),
    ])),
  'lesson moves': async (db, dice, world) =>
    void (await db.query(
      'update available_lessons set module_id = $2, sequence_order = (select max(sequence_order) + 1 from available_lessons) where id = $1',
      [dice.pick(world.lessons), dice.pick(world.modules)],
    )),
  'lesson withdrawn': touch(
    `update available_lessons set is_published = not is_published where id = ${anyRow('available_lessons')}`,
  ),
  'lesson rewritten': touch(
    `update available_lessons set description = 'New text ' || $1, notes = 'Other notes' where id = ${anyRow('available_lessons')}`,
  ),
  'lesson deleted': async (db, dice, world) => {
    if (dice.chance(0.3))
      await db.query('update available_lessons set is_deleted = not is_deleted where id = $1', [
        dice.pick(world.lessons),
      ]);
  },
  'assignment moves': async (db, dice, world) =>
    void (await db.query('update assignments set lesson_id = $2 where id = $1', [
      dice.pick(world.assignments),
      dice.pick([...world.lessons, null]),
    ])),
  'unlock changes': async (db, dice) => {
    const state = unlockState(dice);
    await db.query(
      `update user_unlocks set is_unlocked = $2, unlocked_at = $3, offline_openable = $4 where id = ${anyRow('user_unlocks')}`,
      [
        String(dice.int(1e6)),
        state['is_unlocked'] ?? true,
        'unlocked_at' in state ? state['unlocked_at'] : '2026-11-22T10:00:00Z',
        state['offline_openable'] ?? false,
      ],
    );
  },
  'mentor assigned': async (db, dice, world) =>
    void (await db.query(
      `insert into student_mentor_assignments (student_id, mentor_id, is_primary) values ($1, $2, false)
       on conflict (student_id, mentor_id) do update set ended_at = case when student_mentor_assignments.ended_at is null then now() end`,
      [dice.pick(world.students).id, dice.pick(world.mentors).id],
    )),
  'course covered': async (db, dice, world) =>
    void (await db.query(
      `insert into mentor_course_assignments (mentor_id, course_id) values ($1, $2)
       on conflict (mentor_id, course_id) do update set is_deleted = not mentor_course_assignments.is_deleted`,
      [dice.pick(world.mentors).id, dice.pick(world.courses)],
    )),
  'mentor covers all': async (db, dice, world) => {
    const mentor = dice.pick(world.mentors).id;
    const { rowCount } = await db.query('delete from mentor_course_assignments where mentor_id = $1 and is_global', [
      mentor,
    ]);
    if (!rowCount && dice.chance(0.5)) await coverCourse(db, mentor, null);
  },
  'student handed over': async (db, dice, world) =>
    void (await db.query('update users set created_by = $2 where id = $1', [
      dice.pick(world.students).id,
      dice.pick(world.managers).id,
    ])),
  'managers see all': async (db, dice) => {
    if (dice.chance(0.5)) await db.query('update company_settings set em_sees_all_students = not em_sees_all_students');
  },
  'course published': touch(`update courses set is_published = not is_published where id = ${anyRow('courses')}`),
  'pathway published': touch(
    `update learning_pathways set is_published = not is_published where id = ${anyRow('learning_pathways')}`,
  ),
  'step moves': touch(
    `update pathway_courses set step_number = 1 + length($1) % 3 where id = ${anyRow('pathway_courses')}`,
  ),
  'batch changes': async (db, dice, world) =>
    void (await db.query(`update batches set course_id = $2 where id = ${anyRow('batches')}`, [
      String(dice.int(1e6)),
      dice.pick([...world.courses, null]),
    ])),
  'work passed on': async (db, dice, world) =>
    void (await db.query(`update submissions set assigned_to = $2 where id = ${anyRow('submissions')}`, [
      String(dice.int(1e6)),
      dice.pick([...world.mentors.map(({ id }) => id), null]),
    ])),
  'person renamed': touch(
    `update users set full_name = 'Name ' || $1, last_login_at = now() where id = ${anyRow('users')}`,
  ),
  'file of other work': touch(
    `update files set linked_id = ${anyRow('submissions')} where linked_table = 'submissions' and id = ${anyRow('files')}`,
  ),
  'attachment moves': async (db, dice, world) =>
    void (await db.query(
      `update recording_attachments set lesson_id = $2 where id = ${anyRow('recording_attachments')}`,
      [String(dice.int(1e6)), dice.pick(world.lessons)],
    )),
  ...moneyChanges,
  ...careChanges,
  ...rewardsChanges,
  ...deskChanges,
  ...documentChanges,
  'several at once': async (db, dice, world) => {
    const client = await db.connect();
    try {
      await client.query('begin');
      for (let at = 0; at < 3; at++)
        await changes[dice.pick(Object.keys(changes).filter((kind) => kind !== 'several at once'))]!(
          client as unknown as Pool,
          dice,
          world,
        );
      await client.query(dice.chance(0.8) ? 'commit' : 'rollback');
      client.release();
    } catch (error) {
      // The connection is in the middle of a transaction, if it is there at all.
      client.release(true);
      throw error;
    }
  },
};
