import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { insertRow } from '../../seed/insert-rows.ts';
import { openCommandStage, type CommandStage } from '../../testing/command-stage.ts';
import {
  createAssignment,
  createBatch,
  createCourse,
  createLesson,
  createModule,
  createPathway,
  createSubmission,
  enrol,
} from '../../testing/people.ts';
import type { Role } from '#contract/roles.ts';
import { recomputeConcerned } from '../learning/index.ts';

let stage: CommandStage;
let course: string;
let module: string;
let lessons: string[];
beforeAll(async () => {
  stage = await openCommandStage();
});
beforeEach(async () => {
  const { server } = stage.database;
  course = await createCourse(server);
  module = await createModule(server, course);
  lessons = [];
  for (let at = 0; at < 3; at++) lessons.push(await createLesson(server, module));
});
afterAll(() => stage.close());

const remove = async (who: Role, table: string, id: string) => {
  const [row] = await stage.rows<{ v: string }>(`select v from ${table} where id = $1`, [id]);
  return stage.command(who, 'delete-content', { table, id, expected_revision: row!.v });
};
const isThere = async (table: string, id: string) =>
  (await stage.rows(`select from ${table} where id = $1 and not is_deleted`, [id])).length === 1;
const reorder = (who: Role, table: string, parent_id: string | null, ids: string[]) =>
  stage.command(who, 'reorder-content', { table, parent_id, ids });
const order = async () =>
  (
    await stage.rows<{ id: string }>(
      'select id from available_lessons where module_id = $1 and not is_deleted order by sequence_order',
      [module],
    )
  ).map(({ id }) => id);

describe('deleting', () => {
  test.each(['student', 'mentor', 'enrollment_manager'] as const)('is not for a %s', async (role) => {
    expect(await remove(role, 'available_lessons', lessons[0]!)).toMatchObject({ status: 403 });
    expect(await reorder(role, 'available_lessons', module, lessons)).toMatchObject({ status: 403 });
  });

  test('a lesson nobody has seen goes with what hangs on it, and its place is free again', async () => {
    const { server } = stage.database;
    const task = await createAssignment(server, lessons[1]!);
    const attachment = await insertRow(server, 'recording_attachments', {
      lesson_id: lessons[1]!,
      file_name: 'x',
      file_url: 'https://x.test',
    });
    expect((await remove('admin', 'available_lessons', lessons[1]!)).data).toEqual({ outcome: 'deleted' });
    expect(await isThere('assignments', task)).toBe(false);
    expect(await isThere('recording_attachments', attachment)).toBe(false);
    const again = { table: 'available_lessons', id: randomUUID(), expected_revision: null };
    const fields = { module_id: module, recording_title: 'Again', sequence_order: 2 };
    expect(await stage.command('admin', 'save-content', { ...again, fields })).toMatchObject({ status: 200 });
    expect((await remove('admin', 'available_lessons', again.id)).data).toEqual({ outcome: 'deleted' });
  });

  test('a lesson that was watched is withdrawn, and so is work that was handed in', async () => {
    const { server } = stage.database;
    const student = stage.people.student.id;
    await server.query('insert into recording_views (user_id, lesson_id) values ($1, $2)', [student, lessons[0]]);
    expect((await remove('admin', 'available_lessons', lessons[0]!)).data).toEqual({ outcome: 'archived' });
    expect(
      await stage.rows('select is_published, is_deleted from available_lessons where id = $1', [lessons[0]]),
    ).toEqual([{ is_published: false, is_deleted: false }]);
    const task = await createAssignment(server, lessons[2]!);
    await createSubmission(server, student, task);
    expect((await remove('superadmin', 'assignments', task)).data).toEqual({ outcome: 'archived' });
    expect(await stage.rows('select is_active, is_deleted from assignments where id = $1', [task])).toEqual([
      { is_active: false, is_deleted: false },
    ]);
    expect((await remove('admin', 'available_lessons', lessons[2]!)).data).toEqual({ outcome: 'archived' });
  });

  test('what carries enrolments stays, what is empty goes', async () => {
    const { server } = stage.database;
    const pathway = await createPathway(server, [course]);
    const batch = await createBatch(server, { course_ids: [course] });
    const other = await createCourse(server);
    const student = await stage.join('student');
    await enrol(
      server,
      student.id,
      { pathway_id: pathway, current_course_id: course },
      { batch_id: batch, status: 'cancelled' },
    );
    for (const [table, id] of [
      ['courses', course],
      ['learning_pathways', pathway],
      ['batches', batch],
      ['modules', module],
    ] as const) {
      expect(await remove('admin', table, id)).toMatchObject({ status: 409, code: 'CONFLICT' });
      expect(await isThere(table, id)).toBe(true);
    }
    const inside = await createModule(server, other);
    const lesson = await createLesson(server, inside);
    expect((await remove('admin', 'courses', other)).data).toEqual({ outcome: 'deleted' });
    expect([await isThere('modules', inside), await isThere('available_lessons', lesson)]).toEqual([false, false]);
  });

  test('a step at which somebody stands stays', async () => {
    const { server } = stage.database;
    const pathway = await createPathway(server, [course, await createCourse(server)]);
    const student = await stage.join('student');
    await enrol(server, student.id, { pathway_id: pathway, current_course_id: course });
    const steps = await stage.rows<{ id: string }>(
      'select id from pathway_courses where pathway_id = $1 order by step_number',
      [pathway],
    );
    expect(await remove('admin', 'pathway_courses', steps[0]!.id)).toMatchObject({ status: 409 });
    expect((await remove('admin', 'pathway_courses', steps[1]!.id)).data).toEqual({ outcome: 'deleted' });
  });

  test('what was changed meanwhile, or is gone, is not deleted', async () => {
    const call = (id: string) =>
      stage.command('admin', 'delete-content', { table: 'courses', id, expected_revision: randomUUID() });
    expect(await call(course)).toMatchObject({ status: 409 });
    expect(await call(randomUUID())).toMatchObject({ status: 404 });
    expect(await isThere('courses', course)).toBe(true);
  });
});

describe('an order', () => {
  test('is the one that was given, though places are unique at every moment', async () => {
    const [a, b, c] = lessons as [string, string, string];
    expect((await reorder('admin', 'available_lessons', module, [c, a, b])).data).toEqual({ count: 3 });
    expect(await order()).toEqual([c, a, b]);
    expect(await stage.rows('select sequence_order from available_lessons where id = $1', [c])).toEqual([
      { sequence_order: 1 },
    ]);
  });

  test('of another list is a conflict and changes nothing', async () => {
    const before = await order();
    const [a, b] = lessons as [string, string];
    for (const ids of [
      [a, b],
      [a, b, randomUUID()],
      [a, a, b],
    ])
      expect(await reorder('admin', 'available_lessons', module, ids)).toMatchObject({ status: 409 });
    expect(await reorder('admin', 'available_lessons', null, lessons)).toMatchObject({ status: 422 });
    expect(await reorder('admin', 'courses', course, [course])).toMatchObject({ status: 422 });
    expect(await order()).toEqual(before);
  });

  test('decides the lessons anew, and what was watched stays open', async () => {
    const { server } = stage.database;
    const [a, b, c] = lessons as [string, string, string];
    const student = await stage.join('student');
    await enrol(server, student.id, { course_id: course });
    await server.query(
      'insert into recording_views (user_id, lesson_id, watched, watched_at) values ($1, $2, true, now())',
      [student.id, a],
    );
    const settle = () =>
      recomputeConcerned(stage.server.deps, { course_ids: [course], pathway_ids: [], batch_ids: [] });
    const open = async () =>
      (
        await stage.rows<{ lesson_id: string }>(
          'select lesson_id from user_unlocks where user_id = $1 and is_unlocked',
          [student.id],
        )
      ).map(({ lesson_id }) => lesson_id);
    expect(await settle()).toMatchObject({ selected: 1, done: 1, failed: 0 });
    expect((await open()).toSorted()).toEqual([a, b].toSorted());
    await reorder('admin', 'available_lessons', module, [c, b, a]);
    expect(await settle()).toMatchObject({ selected: 1, done: 1, failed: 0 });
    expect((await open()).toSorted()).toEqual([a, c].toSorted());
  });
});
