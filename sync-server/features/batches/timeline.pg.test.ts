import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { asActor } from '../../db/as-actor.ts';
import { insertRow } from '../../seed/insert-rows.ts';
import { openAcademy, type Academy } from '../../testing/academy.ts';
import { createBatch, createCourse, createPerson, enrol, type Person } from '../../testing/people.ts';
import { processTimelines } from './timeline.job.ts';

let academy: Academy;
let student: Person;
let paused: Person;
let batch: string;
beforeAll(async () => {
  academy = await openAcademy();
});
beforeEach(async () => {
  const { server } = academy.database;
  await server.query('delete from batch_timeline_items');
  const course = await createCourse(server);
  // By the clock of the test the batch begins on the 3rd of March; by that of the database it is far ahead.
  academy.clock.set('2099-03-01T08:00:00.000Z');
  batch = await createBatch(server, { start_date: '2099-03-03', course_id: course });
  student = await createPerson(server, 'student');
  paused = await createPerson(server, 'student');
  await enrol(server, student.id, { course_id: course }, { batch_id: batch });
  await enrol(server, paused.id, { course_id: course }, { batch_id: batch, status: 'paused' });
});
afterAll(() => academy.database.drop());

const item = (title: string, drip_offset_days: number, more = {}) =>
  insertRow(academy.database.server, 'batch_timeline_items', {
    batch_id: batch,
    type: 'LIVE_SESSION',
    title,
    drip_offset_days,
    ...more,
  });
const stages = async () =>
  Object.fromEntries(
    (
      await academy.rows<{ title: string; stage: string }>(
        'select title, stage from batch_timeline_items where batch_id = $1 order by title',
        [batch],
      )
    ).map(({ title, stage }) => [title, stage]),
  );
const seen = async (person: Person) =>
  asActor(academy.database.people, person, async (tx) => {
    const { rows } = await tx.query<{ title: string; meeting_link: string | null; description: string | null }>(
      'select title, description, meeting_link from seen_batch_timeline_items order by title',
    );
    return rows;
  });
const told = async (person: Person) =>
  (
    await academy.rows<{ title: string }>(
      "select title from notifications where user_id = $1 and template_key = 'batch_content' order by title",
      [person.id],
    )
  ).map(({ title }) => title);

test('an item is hidden, then announced by its title for a week, then open; the day begins in the batch’s zone', async () => {
  await item('A', 0, { description: 'What', meeting_link: 'https://meet.test' });
  await item('B', 6);
  expect(await stages()).toEqual({ A: 'hidden', B: 'hidden' });
  await processTimelines(academy.deps);
  expect(await stages()).toEqual({ A: 'announced', B: 'hidden' });
  expect(await seen(student)).toEqual([{ title: 'A', description: null, meeting_link: null }]);
  // Midnight in Karachi is 19:00 UTC.
  academy.clock.set('2099-03-02T18:59:00.000Z');
  await processTimelines(academy.deps);
  expect(await stages()).toEqual({ A: 'announced', B: 'announced' });
  academy.clock.set('2099-03-02T19:00:00.000Z');
  await processTimelines(academy.deps);
  expect(await stages()).toEqual({ A: 'deployed', B: 'announced' });
  expect(await seen(student)).toEqual([
    { title: 'A', description: 'What', meeting_link: 'https://meet.test' },
    { title: 'B', description: null, meeting_link: null },
  ]);
});

test('a restricted student keeps the item without its link', async () => {
  await item('A', 0, { meeting_link: 'https://meet.test' });
  academy.clock.set('2099-03-04T08:00:00.000Z');
  await processTimelines(academy.deps);
  await academy.database.server.query(
    "update users set lms_status = 'suspended', lms_status_reason = 'overdue' where id = $1",
    [student.id],
  );
  expect(await seen(student)).toEqual([{ title: 'A', description: null, meeting_link: null }]);
});

describe('telling', () => {
  test('every active student once, however often the clock strikes and by however many processes', async () => {
    await item('A', 0);
    await item('Off', 0, { session_status: 'cancelled' });
    academy.clock.set('2099-03-04T08:00:00.000Z');
    const runs = await Promise.all([processTimelines(academy.deps), processTimelines(academy.deps)]);
    expect(runs.reduce((sum, { done }) => sum + done, 0)).toBe(1);
    expect(await processTimelines(academy.deps)).toMatchObject({ selected: 0 });
    expect(await told(student)).toEqual(['New in your batch: A']);
    expect(await told(paused)).toEqual([]);
  });

  test('not before the day, and not in a batch that is a draft or over', async () => {
    await item('A', 9);
    academy.clock.set('2099-03-04T08:00:00.000Z');
    expect(await processTimelines(academy.deps)).toMatchObject({ selected: 0 });
    academy.clock.set('2099-04-04T08:00:00.000Z');
    for (const status of ['draft', 'completed']) {
      await academy.database.server.query('update batches set status = $2 where id = $1', [batch, status]);
      expect(await processTimelines(academy.deps)).toMatchObject({ selected: 0 });
    }
    expect(await told(student)).toEqual([]);
  });
});
