import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createChain,
  handIn,
  openAcademy,
  outcome,
  review,
  watch,
  type Academy,
  type Chain,
} from '../../testing/academy.ts';

let academy: Academy;
let chain: Chain;
beforeAll(async () => {
  academy = await openAcademy();
  chain = await createChain(academy);
});
afterAll(() => academy.database.drop());

const now = () => academy.clock.now().toISOString();

/** `First open first_lesson`, one line per lesson, in course order. */
async function lessons(): Promise<string[]> {
  const rows = await academy.rows<{ line: string }>(
    `select l.recording_title || case when k.is_unlocked then ' open ' else ' locked ' end || k.reason
       || coalesce(' (' || b.recording_title || ')', '') || case when k.offline_openable then ' ahead' else '' end as line
     from user_unlocks k join available_lessons l on l.id = k.lesson_id
     left join available_lessons b on b.id = k.blocking_lesson_id
     where k.user_id = $1 order by l.sequence_order`,
    [chain.student.id],
  );
  return rows.map((row) => row.line);
}

test('the chain of workflows 2.5, from nothing watched to the last lesson, in the database', async () => {
  const { student, mentor, a1, a3 } = chain;
  const [first, second, third] = chain.lessons as [string, string, string];
  expect(await lessons()).toEqual([
    'First open first_lesson',
    'Second locked previous_lesson_not_watched (First)',
    'Third locked previous_lesson_not_watched (First)',
    'Fourth locked previous_lesson_not_watched (First)',
  ]);

  academy.clock.pass(5);
  expect((await academy.push(student, [watch(student.id, first, now())])).map(outcome)).toEqual(['ok']);
  expect((await lessons())[1]).toBe('Second locked previous_assignment_not_submitted (First)');

  const work = handIn(student.id, a1, now());
  expect((await academy.push(student, [work])).map(outcome)).toEqual(['ok']);
  expect((await lessons())[1]).toBe('Second locked previous_assignment_not_approved (First)');

  expect((await academy.push(mentor, [review(mentor.id, work.id!, 'declined', now())])).map(outcome)).toEqual(['ok']);
  expect((await lessons())[1]).toBe('Second locked previous_assignment_declined (First)');

  const again = handIn(student.id, a1, now(), { based_on: { version: 1, status: 'declined' } });
  expect((await academy.push(student, [again])).map(outcome)).toEqual(['ok']);
  const approval = review(mentor.id, again.id!, 'approved', now(), { submission_version: 2 });
  expect((await academy.push(mentor, [approval])).map(outcome)).toEqual(['ok']);
  expect(await lessons()).toEqual([
    'First open already_watched',
    'Second open requirements_met',
    'Third locked previous_lesson_not_watched (Second) ahead',
    'Fourth locked previous_lesson_not_watched (Second)',
  ]);

  // Both lessons watched and the work done without a network, all sent in one push.
  academy.clock.pass(30);
  const offline = [watch(student.id, second, now()), watch(student.id, third, now()), handIn(student.id, a3, now())];
  expect((await academy.push(student, offline)).map(outcome)).toEqual(['ok', 'ok', 'ok']);
  expect((await lessons())[3]).toBe('Fourth locked previous_assignment_not_approved (Third)');
});

test('progress follows: watched lessons 60 %, approved work 40 %', async () => {
  const rows = await academy.rows('select progress_percentage, status from course_enrollments where student_id = $1', [
    chain.student.id,
  ]);
  // 3 of 4 watched, 1 of 2 approved.
  expect(rows).toEqual([{ progress_percentage: 65, status: 'active' }]);
  expect(await academy.rows('select progress_percentage, is_completed from user_module_progress')).toEqual([
    { progress_percentage: 65, is_completed: false },
  ]);
});

test('each opening was told once, with a link, and first openings kept their cause', async () => {
  const told = await academy.rows<{ template_key: string; title: string; link: string }>(
    `select template_key, title, payload ->> 'link' as link from notifications where user_id = $1 order by sent_at, title`,
    [chain.student.id],
  );
  expect(told).toContainEqual({
    template_key: 'content_unlocked',
    title: 'Second is open',
    link: `lesson/${chain.lessons[1]}`,
  });
  expect(told.filter((line) => line.template_key === 'content_unlocked')).toHaveLength(1);
  const sources = await academy.rows('select source from user_unlocks where user_id = $1 and lesson_id = $2', [
    chain.student.id,
    chain.lessons[1],
  ]);
  expect(sources).toEqual([{ source: 'approval' }]);
});

test('completing the course completes the enrolment', async () => {
  const { student, mentor } = chain;
  const [{ id }] = (await academy.rows<{ id: string }>("select id from submissions where status = 'pending'")) as [
    { id: string },
  ];
  expect((await academy.push(mentor, [review(mentor.id, id, 'approved', now())])).map(outcome)).toEqual(['ok']);
  academy.clock.pass(5);
  expect((await academy.push(student, [watch(student.id, chain.lessons[3]!, now())])).map(outcome)).toEqual(['ok']);
  const rows = await academy.rows('select progress_percentage, status from course_enrollments where student_id = $1', [
    student.id,
  ]);
  expect(rows).toEqual([{ progress_percentage: 100, status: 'completed' }]);
});
