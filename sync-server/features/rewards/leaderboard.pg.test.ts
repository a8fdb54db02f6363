import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { asActor, asServer } from '../../db/as-actor.ts';
import { insertRow, type NewRow } from '../../seed/insert-rows.ts';
import { openAcademy, type Academy } from '../../testing/academy.ts';
import {
  createAssignment,
  createBatch,
  createCourse,
  createLesson,
  createModule,
  createPerson,
  createSubmission,
  enrol,
  type Person,
} from '../../testing/people.ts';
import { buildLeaderboard } from './build-leaderboard.job.ts';

let academy: Academy;
let course: string;
let lessons: string[];
let tasks: string[];
beforeAll(async () => {
  academy = await openAcademy({ multi_course_enabled: true });
  const db = academy.database.server;
  course = await createCourse(db);
  const module = await createModule(db, course);
  lessons = [];
  for (let at = 0; at < 60; at++) lessons.push(await createLesson(db, module));
  tasks = [await createAssignment(db, lessons[0]!), await createAssignment(db, lessons[1]!)];
});
afterAll(() => academy.database.drop());
beforeEach(async () => {
  // A Monday evening in Karachi.
  academy.clock.set('2027-03-01T20:00:00.000Z');
  await academy.rows("update users set lms_status = 'inactive'");
});

const add = (table: string, row: NewRow) => insertRow(academy.database.server, table, row);
const student = (name: string, more: Parameters<typeof createPerson>[2] = {}): Promise<Person> =>
  createPerson(academy.database.server, 'student', { full_name: name, ...more });
const watched = async (person: Person, ...dates: string[]): Promise<void> => {
  for (const [at, watched_at] of dates.entries())
    await add('recording_views', { user_id: person.id, lesson_id: lessons[at], watched: true, watched_at });
};
const build = () => asServer(academy.database.server, (tx) => buildLeaderboard(tx, academy.deps));
const board = (period = 'all') =>
  academy.rows('select display_name, score, rank, streak from leaderboard_snapshots where period = $1 order by rank', [
    period,
  ]);
const lineOf = async (person: Person, period = 'all') =>
  (
    await academy.rows('select * from leaderboard_snapshots where user_id = $1 and period = $2', [person.id, period])
  )[0];

describe('points', () => {
  test('are ten for a lesson, twenty for work, fifteen for a session, two for a rating, 25 per account, five per course more', async () => {
    const ayesha = await student('Ayesha Khan');
    const other = await createCourse(academy.database.server);
    await enrol(academy.database.server, ayesha.id, { course_id: course }, { progress_percentage: 40 });
    await enrol(academy.database.server, ayesha.id, { course_id: other }, { progress_percentage: 20 });
    await watched(ayesha, '2027-02-20T08:00:00Z', '2027-02-21T08:00:00Z');
    // Two attempts at one assignment count once.
    for (const version of [1, 2])
      await createSubmission(academy.database.server, ayesha.id, tasks[0]!, {
        version,
        status: version === 1 ? 'declined' : 'approved',
        reviewed_at: '2027-02-22T08:00:00Z',
      });
    const session = await add('success_sessions', {
      title: 'Live',
      start_time: '2027-02-22T08:00:00Z',
      link: 'https://example.test/live',
      status: 'completed',
    });
    await add('session_attendance', { id: undefined, student_id: ayesha.id, session_id: session });
    await add('recording_ratings', { id: undefined, user_id: ayesha.id, lesson_id: lessons[0], rating: 5 });
    await add('integrations', { user_id: ayesha.id, source: 'shopify', last_synced_at: '2027-02-22T08:00:00Z' });
    await add('integrations', { user_id: ayesha.id, source: 'meta_ads' });
    await build();
    expect(await lineOf(ayesha)).toMatchObject({
      score: 2 * 10 + 20 + 15 + 2 + 25 + 5,
      progress: 30,
      videos_watched: 2,
      assignments_completed: 1,
      sessions_attended: 1,
      ratings_given: 1,
      has_shopify: true,
      has_meta: false,
      display_name: 'Ayesha Khan',
      avatar_initials: 'AK',
    });
  });

  test('of the week count from Monday of the company’s calendar', async () => {
    const bilal = await student('Bilal');
    // 19:30 UTC on Sunday is Monday 00:30 in Karachi; half an hour before it is Sunday there.
    await watched(bilal, '2027-02-28T19:30:00Z', '2027-02-28T18:30:00Z', '2027-02-27T08:00:00Z');
    await build();
    expect([await lineOf(bilal), await lineOf(bilal, 'week')]).toMatchObject([{ score: 30 }, { score: 10 }]);
  });
});

test('order is score, then progress, then who was earlier; only the active are ranked', async () => {
  const first = await student('First');
  const second = await student('Second');
  const third = await student('Third');
  const fourth = await student('Fourth');
  await student('Suspended', { status: 'suspended' });
  await student('Restricted', { lms_status: 'suspended' });
  const excluded = await student('Excluded');
  await academy.rows('update students set leaderboard_excluded = true where id = $1', [excluded.id]);
  await watched(first, '2027-02-20T08:00:00Z', '2027-02-20T08:00:00Z');
  await watched(second, '2027-02-20T08:00:00Z');
  await watched(third, '2027-02-19T08:00:00Z');
  await watched(fourth, '2027-02-21T08:00:00Z');
  await enrol(academy.database.server, second.id, { course_id: course }, { progress_percentage: 50 });
  await build();
  expect((await board()).map((row) => row['display_name'])).toEqual(['First', 'Second', 'Third', 'Fourth']);
});

test('ranks remember where one stood the day before; who is no longer active leaves', async () => {
  const up = await student('Up');
  const down = await student('Down');
  await watched(down, '2027-02-20T08:00:00Z');
  await build();
  await watched(up, '2027-02-21T08:00:00Z', '2027-02-21T08:00:00Z');
  academy.clock.pass(24 * 60);
  await build();
  await build();
  expect([await lineOf(up), await lineOf(down)]).toMatchObject([
    { rank: 1, previous_rank: 2 },
    { rank: 2, previous_rank: 1 },
  ]);
  await academy.rows("update users set lms_status = 'dropout' where id = $1", [down.id]);
  await build();
  expect(await lineOf(down)).toBeUndefined();
});

test.each([
  ['ending today', ['2027-03-01T08:00:00Z', '2027-02-28T08:00:00Z', '2027-02-27T08:00:00Z'], 3],
  ['ending yesterday', ['2027-02-28T08:00:00Z', '2027-02-27T08:00:00Z', '2027-02-25T08:00:00Z'], 2],
  ['that ended before yesterday', ['2027-02-27T08:00:00Z', '2027-02-26T08:00:00Z'], 0],
  ['over midnight in Karachi', ['2027-02-28T18:59:00Z', '2027-02-28T19:01:00Z'], 2],
])('a streak %s', async (_, dates, days) => {
  // 23:00 in Karachi, so that today is the first of March there as well.
  academy.clock.set('2027-03-01T18:00:00.000Z');
  const person = await student('Steady');
  await watched(person, ...dates);
  await build();
  expect(await lineOf(person)).toMatchObject({ streak: days });
});

describe('a name that is hidden', () => {
  test('is hidden at once, under another id, without initials, and comes back the same way', async () => {
    const shy = await student('Shy Person');
    await build();
    const open = await lineOf(shy);
    const wish = (leaderboard_hidden: boolean) =>
      academy.push(shy, [{ type: 'students', id: shy.id, base: shy.id, set: { leaderboard_hidden } }]);
    await wish(true);
    const hidden = await lineOf(shy);
    expect(hidden).toMatchObject({ is_hidden: true, avatar_initials: null, rank: 1 });
    expect(hidden!['display_name']).toMatch(/^Student #[0-9A-F]{4}$/);
    expect(hidden!['id']).not.toBe(open!['id']);
    await build();
    expect(await lineOf(shy)).toMatchObject({ id: hidden!['id'], display_name: hidden!['display_name'] });
    await wish(false);
    expect(await lineOf(shy)).toMatchObject({ display_name: 'Shy Person', avatar_initials: 'SP' });
  });

  test('says to classmates neither whose row it is nor where the student learns', async () => {
    const batch = await createBatch(academy.database.server, { course_id: course });
    const [shy, classmate, stranger] = [await student('Shy'), await student('Classmate'), await student('Stranger')];
    for (const person of [shy, classmate])
      await enrol(academy.database.server, person.id, { course_id: course }, { batch_id: batch });
    await academy.rows('update students set leaderboard_hidden = true where id = $1', [shy.id]);
    await build();
    await academy.rows('update leaderboard_snapshots set rank = 70 where user_id = $1', [shy.id]);
    const seenBy = (person: Person) =>
      asActor(academy.database.people, person, async (tx) => {
        const { rows } = await tx.query(
          "select display_name, user_id, batch_id from seen_leaderboard_snapshots where display_name like 'Student #%' and period = 'all'",
        );
        return rows;
      });
    expect(await seenBy(shy)).toMatchObject([{ user_id: shy.id, batch_id: batch }]);
    expect(await seenBy(classmate)).toMatchObject([{ user_id: null, batch_id: null }]);
    expect(await seenBy(stranger)).toEqual([]);
    const nameOf = await asActor(academy.database.people, classmate, (tx) =>
      tx.query('select user_id from leaderboard_snapshots'),
    ).catch((error: Error) => error.message);
    expect(nameOf).toMatch(/permission denied/);
  });
});
