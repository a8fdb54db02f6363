import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Role } from '#contract/roles.ts';
import { openCommandStage, type Caller, type CommandStage } from '../../testing/command-stage.ts';
import {
  coverCourse,
  createBatch,
  createCourse,
  createLesson,
  createModule,
  createPathway,
  enrol,
} from '../../testing/people.ts';

let stage: CommandStage;
let course: string;
let module: string;
let lesson: string;
beforeAll(async () => {
  stage = await openCommandStage();
});
beforeEach(async () => {
  const { server } = stage.database;
  course = await createCourse(server);
  module = await createModule(server, course);
  lesson = await createLesson(server, module);
  await coverCourse(server, stage.people.mentor.id, course);
});
afterAll(() => stage.close());

const revision = async (table: string, id: string) =>
  (await stage.rows<{ v: string }>(`select v from ${table} where id = $1`, [id]))[0]!.v;
const make = async (who: Role | Caller, table: string, fields: object, id: string = randomUUID()) => ({
  id,
  ...(await stage.command(who, 'save-content', { table, id, expected_revision: null, fields })),
});
const change = async (who: Role | Caller, table: string, id: string, fields: object) =>
  stage.command(who, 'save-content', { table, id, expected_revision: await revision(table, id), fields });
const audit = (id: string) =>
  stage.rows('select action, performed_by, data from admin_logs where entity_id = $1 order by created_at', [id]);

describe('who', () => {
  test.each(['student', 'enrollment_manager'] as const)('a %s changes nothing', async (role) => {
    expect(await make(role, 'courses', { title: 'x' })).toMatchObject({ status: 403, code: 'PERMISSION_DENIED' });
    expect(await change(role, 'available_lessons', lesson, { notes: 'x' })).toMatchObject({ status: 403 });
  });

  test('a mentor writes the words of lessons and modules where he teaches, and nothing else of them', async () => {
    const words = { recording_title: 'Prices', description: 'New', notes: 'For us' };
    expect(await change('mentor', 'available_lessons', lesson, words)).toMatchObject({ status: 200 });
    expect(await change('mentor', 'modules', module, { title: 'Numbers' })).toMatchObject({ status: 200 });
    for (const fields of [
      { sequence_order: 7 },
      { drip_days: 1 },
      { is_published: false },
      { ...words, module_id: module },
    ])
      expect(await change('mentor', 'available_lessons', lesson, fields)).toMatchObject({ status: 403 });
    expect(await change('mentor', 'modules', module, { sequence_order: 2 })).toMatchObject({ status: 403 });
    expect(await make('mentor', 'modules', { course_id: course, title: 'x' })).toMatchObject({ status: 403 });
    for (const table of ['courses', 'course_bundles', 'batches', 'resources', 'course_tracks'])
      expect(await make('mentor', table, {})).toMatchObject({ status: 403 });
    expect(await audit(lesson)).toMatchObject([{ action: 'content_updated', performed_by: stage.people.mentor.id }]);
  });

  test('a mentor makes assignments and attachments where he teaches, and not elsewhere', async () => {
    const elsewhere = await createLesson(
      stage.database.server,
      await createModule(stage.database.server, await createCourse(stage.database.server)),
    );
    const task = await make('mentor', 'assignments', { lesson_id: lesson, name: 'Write a plan' });
    expect(task.status).toBe(200);
    expect(await stage.rows('select lesson_id, course_id, due_days from assignments where id = $1', [task.id])).toEqual(
      [{ lesson_id: lesson, course_id: course, due_days: 7 }],
    );
    expect(await make('mentor', 'assignments', { lesson_id: elsewhere, name: 'x' })).toMatchObject({ status: 403 });
    expect(await change('mentor', 'assignments', task.id, { lesson_id: elsewhere })).toMatchObject({ status: 403 });
    const sheet = { lesson_id: lesson, file_name: 'Sheet', file_url: ' https://example.test/sheet ' };
    const attached = await make('mentor', 'recording_attachments', sheet);
    expect(attached.status).toBe(200);
    expect(await stage.rows('select file_url from recording_attachments where id = $1', [attached.id])).toEqual([
      { file_url: 'https://example.test/sheet' },
    ]);
    expect(await make('mentor', 'recording_attachments', { ...sheet, lesson_id: elsewhere })).toMatchObject({
      status: 403,
    });
    expect(await change('mentor', 'available_lessons', elsewhere, { notes: 'x' })).toMatchObject({ status: 403 });
  });

  test('nobody else’s act: who made a row is the one who asked', async () => {
    const { id } = await make('admin', 'courses', { title: 'Letters' });
    expect(await stage.rows('select created_by, is_published from courses where id = $1', [id])).toEqual([
      { created_by: stage.people.admin.id, is_published: false },
    ]);
    expect(await make('admin', 'courses', { title: 'x', created_by: randomUUID() })).toMatchObject({ status: 422 });
    expect(await make('admin', 'courses', { title: 'x', v: randomUUID() })).toMatchObject({ status: 422 });
  });
});

describe('revisions', () => {
  test('what changed meanwhile is a conflict that shows the fields as they are', async () => {
    const seen = await revision('courses', course);
    expect(await change('admin', 'courses', course, { title: 'First' })).toMatchObject({ status: 200 });
    const late = { table: 'courses', id: course, expected_revision: seen, fields: { title: 'Second' } };
    expect(await stage.command('superadmin', 'save-content', late)).toMatchObject({ status: 409, code: 'CONFLICT' });
    expect(await stage.rows('select title from courses where id = $1', [course])).toEqual([{ title: 'First' }]);
  });

  test('the same call twice is done once; the same id made again is a conflict', async () => {
    const id = randomUUID();
    const key = randomUUID();
    const input = { table: 'courses', id, expected_revision: null, fields: { title: 'Once' } };
    const first = await stage.command('admin', 'save-content', input, key);
    expect(await stage.command('admin', 'save-content', input, key)).toEqual(first);
    expect(await stage.command('admin', 'save-content', input)).toMatchObject({ status: 409 });
    expect(await audit(id)).toHaveLength(1);
  });

  test('a row that is not there, or that was deleted, is not found', async () => {
    const input = (id: string) => ({ table: 'courses', id, expected_revision: randomUUID(), fields: { title: 'x' } });
    expect(await stage.command('admin', 'save-content', input(randomUUID()))).toMatchObject({ status: 404 });
    await stage.database.server.query('update courses set is_deleted = true where id = $1', [course]);
    expect(await stage.command('admin', 'save-content', input(course))).toMatchObject({ status: 404 });
  });

  test('the trail says what each field was and is', async () => {
    await change('admin', 'courses', course, { title: 'Named', price: 500 });
    expect(await audit(course)).toMatchObject([
      { action: 'content_updated', data: { title: { to: 'Named' }, price: { from: 0, to: 500 } } },
    ]);
  });
});

describe('rules', () => {
  test('one course is the default', async () => {
    await change('admin', 'courses', course, { is_default: true });
    const other = await make('superadmin', 'courses', { title: 'Other', is_default: true });
    expect(await stage.rows('select id from courses where is_default')).toEqual([{ id: other.id }]);
  });

  test('a bundle holds exactly the courses that were named last', async () => {
    const second = await createCourse(stage.database.server);
    const { id } = await make('admin', 'course_bundles', { name: 'Both', price: 1, course_ids: [course, second] });
    const held = () =>
      stage.rows<{ course_id: string }>(
        'select course_id from bundle_courses where bundle_id = $1 and not is_deleted order by 1',
        [id],
      );
    expect(await held()).toHaveLength(2);
    await change('admin', 'course_bundles', id, { course_ids: [second] });
    expect(await held()).toEqual([{ course_id: second }]);
    await change('admin', 'course_bundles', id, { course_ids: [course, second] });
    expect(await held()).toHaveLength(2);
    expect(await stage.rows('select from bundle_courses where bundle_id = $1', [id])).toHaveLength(2);
  });

  test('courses of one choice stand at one step', async () => {
    const { server } = stage.database;
    const pathway = await createPathway(server, []);
    const others = [await createCourse(server), await createCourse(server)];
    const step = (course_id: string, step_number: number, choice_group: number | null) =>
      make('admin', 'pathway_courses', { pathway_id: pathway, course_id, step_number, choice_group });
    const left = await step(course, 2, 1);
    expect(await step(others[0]!, 2, 1)).toMatchObject({ status: 200 });
    expect(await step(others[1]!, 3, 1)).toMatchObject({ status: 422, code: 'INVALID_INPUT' });
    expect(await step(course, 4, null)).toMatchObject({ status: 409 });
    expect(await stage.rows('select is_choice_point from pathway_courses where id = $1', [left.id])).toEqual([
      { is_choice_point: true },
    ]);
    expect(await change('admin', 'pathway_courses', left.id, { course_id: others[1] })).toMatchObject({ status: 422 });
  });

  test('a lesson’s place is its own, and it stays in its course', async () => {
    const taken = { module_id: module, recording_title: 'x', sequence_order: 1 };
    expect(await make('admin', 'available_lessons', taken)).toMatchObject({ status: 409 });
    expect(await make('admin', 'available_lessons', { ...taken, sequence_order: 0 })).toMatchObject({ status: 422 });
    expect(await make('admin', 'available_lessons', { module_id: module, recording_title: 'x' })).toMatchObject({
      status: 422,
    });
    const elsewhere = await createModule(stage.database.server, await createCourse(stage.database.server));
    expect(await change('admin', 'available_lessons', lesson, { module_id: elsewhere })).toMatchObject({ status: 422 });
    const beside = await createModule(stage.database.server, course);
    expect(await change('admin', 'available_lessons', lesson, { module_id: beside })).toMatchObject({ status: 200 });
    expect(
      await change('admin', 'modules', module, { course_id: await createCourse(stage.database.server) }),
    ).toMatchObject({ status: 422 });
  });

  test('an attachment has exactly one source, and addresses are https', async () => {
    const of = (fields: object) =>
      make('admin', 'recording_attachments', { lesson_id: lesson, file_name: 'x', ...fields });
    expect(await of({})).toMatchObject({ status: 422 });
    expect(await of({ file_url: 'http://example.test' })).toMatchObject({ status: 422 });
    expect(await of({ file_url: 'https://example.test', resource_id: randomUUID() })).toMatchObject({ status: 422 });
    expect(await of({ file_id: randomUUID() })).toMatchObject({ status: 422 });
  });

  test('a batch that has begun keeps its first day, and knows its zone', async () => {
    const batch = await make('admin', 'batches', { name: 'B', start_date: '2026-01-01', course_ids: [course] });
    expect(batch.status).toBe(200);
    expect(await change('admin', 'batches', batch.id, { start_date: '2026-02-01' })).toMatchObject({ status: 409 });
    expect(await change('admin', 'batches', batch.id, { timezone: 'Mars/Olympus' })).toMatchObject({ status: 422 });
    expect(await change('admin', 'batches', batch.id, { status: 'completed' })).toMatchObject({ status: 200 });
    const next = await make('admin', 'batches', { name: 'C', start_date: '2099-01-01' });
    expect(await change('admin', 'batches', next.id, { start_date: '2099-02-01' })).toMatchObject({ status: 200 });
    expect(await audit(batch.id)).toMatchObject([{ action: 'batch_created' }, { action: 'batch_updated' }]);
  });

  test('an item of a schedule names what it is about', async () => {
    const batch = await createBatch(stage.database.server, { course_id: course });
    const item = (fields: object) => make('admin', 'batch_timeline_items', { batch_id: batch, title: 'x', ...fields });
    const foreign = await createLesson(
      stage.database.server,
      await createModule(stage.database.server, await createCourse(stage.database.server)),
    );
    const start_datetime = '2027-01-01T15:00:00.000Z';
    expect(await item({ type: 'RECORDING' })).toMatchObject({ status: 422 });
    expect(await item({ type: 'RECORDING', lesson_id: foreign })).toMatchObject({ status: 422 });
    expect(await item({ type: 'RECORDING', lesson_id: lesson })).toMatchObject({ status: 200 });
    expect(await item({ type: 'LIVE_SESSION' })).toMatchObject({ status: 422 });
    expect(await item({ type: 'LIVE_SESSION', start_datetime, end_datetime: start_datetime })).toMatchObject({
      status: 422,
    });
    expect(await item({ type: 'LIVE_SESSION', start_datetime })).toMatchObject({ status: 200 });
  });

  test('a resource holds what its kind says, for the audiences that are named', async () => {
    const section = await make('admin', 'resource_sections', { name: 'Handbooks' });
    const of = (content_type: string, content: object, more = {}) =>
      make('admin', 'resources', { section_id: section.id, title: 'Guide', content_type, content, ...more });
    expect(await of('link', { url: 'ftp://x' })).toMatchObject({ status: 422 });
    expect(await of('table', { columns: ['a'], rows: [['1']], more: 1 })).toMatchObject({ status: 422 });
    expect(
      await of('rich_text', { markdown: 'x' }, { audiences: [{ audience_type: 'all', target_id: course }] }),
    ).toMatchObject({ status: 422 });
    const made = await of('rich_text', { markdown: 'x' }, { audiences: [{ audience_type: 'all', target_id: null }] });
    expect(made.status).toBe(200);
    await change('admin', 'resources', made.id, { audiences: [{ audience_type: 'course', target_id: course }] });
    expect(
      await stage.rows(
        'select audience_type, target_id from resource_audiences where resource_id = $1 and not is_deleted',
        [made.id],
      ),
    ).toEqual([{ audience_type: 'course', target_id: course }]);
  });
});

describe('who hears of it', () => {
  test('the team, of lessons and assignments', async () => {
    await change('mentor', 'available_lessons', lesson, { description: 'Better' });
    const told = await stage.rows<{ user_id: string }>(
      "select user_id from notifications where template_key = 'learning_item_changed' and payload ->> 'link' = $1",
      [`lesson/${lesson}`],
    );
    expect(told.map(({ user_id }) => user_id).toSorted()).toEqual(
      [stage.people.admin.id, stage.people.superadmin.id].toSorted(),
    );
  });

  test('students who are shown a resource, when it says something else', async () => {
    const inside = await stage.join('student');
    const outside = await stage.join('student');
    await enrol(stage.database.server, inside.id, { course_id: course });
    const section = await make('admin', 'resource_sections', { name: 'Sheets' });
    const { id } = await make('admin', 'resources', {
      section_id: section.id,
      title: 'Sheet',
      content_type: 'link',
      content: { url: 'https://example.test' },
      audiences: [{ audience_type: 'course', target_id: course }],
    });
    const told = async () =>
      (
        await stage.rows<{ user_id: string }>(
          "select user_id from notifications where template_key = 'resource_changed' and payload ->> 'link' = $1",
          [`resource/${id}`],
        )
      ).map(({ user_id }) => user_id);
    expect(await told()).toEqual([inside.id]);
    await change('admin', 'resources', id, { display_order: 4 });
    expect(await told()).toEqual([inside.id]);
    await change('admin', 'resources', id, { title: 'New sheet' });
    expect(await told()).toEqual([inside.id, inside.id]);
    expect(await told()).not.toContain(outside.id);
  });

  test('whose lessons are decided anew', async () => {
    const jobs = async () =>
      (
        await stage.rows<{ n: number }>(
          "select count(*)::int as n from graphile_worker.jobs where key like 'learning.recompute-unlocks:%'",
        )
      )[0]!.n;
    await stage.database.server.query(
      'select graphile_worker.complete_jobs(array(select id from graphile_worker.jobs))',
    );
    await change('admin', 'available_lessons', lesson, { description: 'Words only' });
    expect(await jobs()).toBe(0);
    await change('admin', 'available_lessons', lesson, { drip_days: 3 });
    expect(await jobs()).toBe(1);
  });
});
