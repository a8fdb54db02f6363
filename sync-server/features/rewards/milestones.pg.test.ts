import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { naturalId } from '#contract/natural-id.ts';
import { asServer } from '../../db/as-actor.ts';
import { insertRow } from '../../seed/insert-rows.ts';
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
import { award, awardReached } from './milestones.ts';

let academy: Academy;
let chain: Chain;
beforeAll(async () => {
  academy = await openAcademy();
});
afterAll(() => academy.database.drop());
beforeEach(async () => {
  academy.clock.set('2027-03-01T08:00:00.000Z');
  chain = await createChain(academy);
});

const reachedBy = async (id: string): Promise<unknown[]> =>
  (
    await academy.rows<{ name: string }>(
      `select m.name from user_milestones u join milestones m on m.id = u.milestone_id
       where u.user_id = $1 and not u.is_deleted order by m.display_order, m.name`,
      [id],
    )
  ).map(({ name }) => name);
const ratingId = (user: string, lesson: string): string => naturalId('recording_ratings', user, lesson);
const play = async (lesson: string) => {
  academy.clock.pass(30);
  const [verdict] = await academy.push(
    chain.student,
    [watch(chain.student.id, lesson, academy.clock.now().toISOString())],
    chain.device,
  );
  expect(outcome(verdict)).toBe('ok');
};

test('watching, handing in and an approval award what they complete, each once', async () => {
  const { student, mentor, lessons, a1 } = chain;
  await play(lessons[0]!);
  expect(await reachedBy(student.id)).toEqual(['First Steps']);
  const [handed] = await academy.push(student, [handIn(student.id, a1, academy.clock.now().toISOString())]);
  expect(outcome(handed)).toBe('ok');
  const [work] = await academy.rows<{ id: string }>('select id from submissions where student_id = $1', [student.id]);
  await academy.push(mentor, [review(mentor.id, work!.id, 'approved', academy.clock.now().toISOString())]);
  expect(await reachedBy(student.id)).toEqual(['First Steps', 'Product Market Fit Expert']);
  await play(lessons[1]!);
  expect(await reachedBy(student.id)).toEqual(['First Steps', 'Product Market Fit Expert', 'Research Pro']);
});

test('two awards at once are one row, one badge, one notice', async () => {
  const { student } = chain;
  const badge = await insertRow(academy.database.server, 'badges', { name: 'Quick' });
  await insertRow(academy.database.server, 'milestones', {
    name: 'Quick one',
    description: 'x',
    trigger_type: 'recording_watched',
    badge_id: badge,
    show_celebration: true,
    celebration_message: 'Hurray.',
    display_order: 100,
  });
  await insertRow(academy.database.server, 'recording_views', {
    user_id: student.id,
    lesson_id: chain.lessons[0],
    watched: true,
    watched_at: '2027-03-01T08:00:00Z',
  });
  await Promise.all(
    [1, 2, 3].map(() =>
      asServer(academy.database.server, (tx) => awardReached(tx, academy.deps, student.id, 'lesson_watched')),
    ),
  );
  expect(await reachedBy(student.id)).toEqual(['First Steps', 'Quick one']);
  expect(
    await academy.rows(
      'select badge_id, milestone_id is not null as of_milestone from user_badges where user_id = $1',
      [student.id],
    ),
  ).toEqual([{ badge_id: badge, of_milestone: true }]);
  expect(
    await academy.rows(
      "select title, body from notifications where user_id = $1 and template_key = 'milestone_celebration'",
      [student.id],
    ),
  ).toEqual([{ title: '🏆 Quick one', body: 'Hurray. 10 points are yours.' }]);
  await academy.rows("update milestones set is_active = false where name = 'Quick one'");
});

test('whoever reaches a milestone by the own act is told of it', async () => {
  await academy.rows(
    "update milestones set show_celebration = true, celebration_message = 'Well begun.' where name = 'First Steps'",
  );
  await play(chain.lessons[0]!);
  expect(
    await academy.rows(
      "select body from notifications where user_id = $1 and template_key = 'milestone_celebration' and title like '%First Steps'",
      [chain.student.id],
    ),
  ).toEqual([{ body: 'Well begun. 10 points are yours.' }]);
});

test('a milestone that is switched off, or was taken back, is not awarded by the rule; a person may give it again', async () => {
  const { student, lessons } = chain;
  await academy.rows("update milestones set is_active = false where name = 'First Steps'");
  await play(lessons[0]!);
  expect(await reachedBy(student.id)).toEqual([]);
  await academy.rows("update milestones set is_active = true where name = 'First Steps'");
  const sweep = () => asServer(academy.database.server, (tx) => awardReached(tx, academy.deps, student.id, 'sweep'));
  await sweep();
  expect(await reachedBy(student.id)).toContain('First Steps');
  await academy.rows('update user_milestones set is_deleted = true where user_id = $1', [student.id]);
  await sweep();
  expect(await reachedBy(student.id)).toEqual([]);
  const [first] = await academy.rows<{ id: string }>("select id from milestones where name = 'First Steps'");
  const given = { userId: student.id, milestoneId: first!.id, by: chain.mentor.id, note: 'Really' };
  expect(await asServer(academy.database.server, (tx) => award(tx, academy.deps, given))).toBe(true);
  expect(await reachedBy(student.id)).toEqual(['First Steps']);
});

test('the first rating of a lesson gives two points of experience, later ones none', async () => {
  const { student, lessons } = chain;
  await play(lessons[0]!);
  const rate = (rating: number) =>
    academy.push(student, [
      {
        type: 'recording_ratings',
        id: ratingId(student.id, lessons[0]!),
        set: { user_id: student.id, lesson_id: lessons[0], rating, feedback: 'Fine' },
      },
    ]);
  await rate(5);
  await rate(4);
  expect(
    await academy.rows("select metric, value::int, date from user_metrics where user_id = $1 and source = 'lms'", [
      student.id,
    ]),
  ).toEqual([{ metric: 'rating_reward_xp', value: 2, date: '2027-03-01' }]);
});
