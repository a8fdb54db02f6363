import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { naturalId } from '#contract/natural-id.ts';
import { asActor, asServer } from '../../db/as-actor.ts';
import { createChain, openAcademy, outcome, type Academy, type Chain } from '../../testing/academy.ts';
import { recomputeDueUnlocks, recomputeUnlocks } from './index.ts';

let academy: Academy;
let chain: Chain;
let [first, second, fourth]: string[] = [];
beforeAll(async () => {
  academy = await openAcademy();
});
afterAll(() => academy.database.drop());
beforeEach(async () => {
  academy.clock.set('2027-03-01T08:00:00.000Z');
  chain = await createChain(academy, { minutes: 10 });
  [first, second, , fourth] = chain.lessons;
});

const now = () => academy.clock.now().toISOString();
const send = async (...writes: Parameters<Academy['push']>[1]): Promise<string[]> =>
  (await academy.push(chain.student, writes)).map(outcome);
const unlock = async (lesson: string | undefined) =>
  (
    await academy.rows<{ is_unlocked: boolean; reason: string }>(
      'select is_unlocked, reason from user_unlocks where user_id = $1 and lesson_id = $2',
      [chain.student.id, lesson],
    )
  )[0]!;

describe('unlocks', () => {
  test('a student cannot unlock a lesson', async () => {
    const row = { user_id: chain.student.id, lesson_id: second, is_unlocked: true, reason: 'requirements_met' };
    const id = naturalId('user_unlocks', chain.student.id, second!);
    expect(await send({ type: 'user_unlocks', id, set: row })).toEqual(['not_allowed']);
    const statements = [
      'update user_unlocks set is_unlocked = true',
      `insert into user_unlocks (user_id, lesson_id, is_unlocked) values ('${chain.student.id}', '${second}', true)`,
      `select server_store_unlocks('guess', '${chain.student.id}', '[]', now())`,
    ];
    for (const statement of statements) {
      await expect(asActor(academy.database.people, chain.student, (tx) => tx.query(statement))).rejects.toThrow(
        /permission denied|not the server/,
      );
    }
    expect(await unlock(second)).toMatchObject({ is_unlocked: false });
  });

  test('nothing changes, and nobody is told, when nothing changed', async () => {
    const before = await academy.rows(
      'select lesson_id, v, updated_at from user_unlocks where user_id = $1 order by 1',
      [chain.student.id],
    );
    const opened = await asServer(academy.database.server, (tx) =>
      recomputeUnlocks(tx, academy.deps, chain.student.id),
    );
    expect(opened).toEqual([]);
    expect(
      await academy.rows('select lesson_id, v, updated_at from user_unlocks where user_id = $1 order by 1', [
        chain.student.id,
      ]),
    ).toEqual(before);
    expect(await academy.rows('select from notifications where user_id = $1', [chain.student.id])).toEqual([]);
  });

  test('a lesson that was opened, shut and opened again is told once', async () => {
    const access = (status: string) =>
      academy.rows('update course_enrollments set status = $2 where student_id = $1', [chain.student.id, status]);
    const recompute = () =>
      asServer(academy.database.server, (tx) => recomputeUnlocks(tx, academy.deps, chain.student.id));
    await academy.rows('delete from user_unlocks where user_id = $1', [chain.student.id]);
    await recompute();
    await access('paused');
    await recompute();
    expect(await unlock(first)).toEqual({ is_unlocked: false, reason: 'no_access' });
    await access('active');
    await recompute();
    expect(await unlock(first)).toEqual({ is_unlocked: true, reason: 'first_lesson' });
    expect(
      await academy.rows("select title from notifications where user_id = $1 and template_key = 'content_unlocked'", [
        chain.student.id,
      ]),
    ).toEqual([{ title: 'First is open' }]);
  });

  test('a lesson taken out of the course shuts', async () => {
    await academy.rows('update available_lessons set is_published = false where id = $1', [first]);
    await academy.settle(chain.student);
    expect(await unlock(first)).toEqual({ is_unlocked: false, reason: 'no_access' });
    expect(await unlock(second)).toEqual({ is_unlocked: true, reason: 'first_lesson' });
  });

  test('a lesson opened by hand stays open through every recomputation', async () => {
    await academy.rows(
      `update user_unlocks set is_unlocked = true, unlocked_at = $3, source = 'manual', reason = 'manually_unlocked'
       where user_id = $1 and lesson_id = $2`,
      [chain.student.id, fourth, now()],
    );
    await academy.settle(chain.student);
    expect(await unlock(fourth)).toEqual({ is_unlocked: true, reason: 'manually_unlocked' });
  });
});

describe('dates', () => {
  test('a lesson opens when its date has come, by the hourly run, and the student is told', async () => {
    await academy.rows(
      'update course_enrollments set drip_override = true, drip_enabled = true where student_id = $1',
      [chain.student.id],
    );
    await academy.rows('update available_lessons set drip_days = 3 where id = $1', [first]);
    await academy.rows('delete from user_unlocks where user_id = $1', [chain.student.id]);
    await academy.settle(chain.student);
    expect(await unlock(first)).toEqual({ is_unlocked: false, reason: 'drip_locked' });
    academy.clock.set('2027-03-04T07:59:59.000Z');
    await recomputeDueUnlocks(academy.deps);
    expect(await unlock(first)).toMatchObject({ reason: 'drip_locked' });
    academy.clock.set('2027-03-04T08:00:00.000Z');
    expect(await recomputeDueUnlocks(academy.deps)).toBe(1);
    expect(await unlock(first)).toEqual({ is_unlocked: true, reason: 'first_lesson' });
    expect(
      await academy.rows('select title from notifications where user_id = $1 and template_key = $2', [
        chain.student.id,
        'content_unlocked',
      ]),
    ).toEqual([{ title: 'First is open' }]);
    expect(await recomputeDueUnlocks(academy.deps)).toBe(0);
  });

  test('access that ended shuts everything', async () => {
    await academy.rows('update course_enrollments set access_expires_at = $2 where student_id = $1', [
      chain.student.id,
      '2027-03-02T00:00:00.000Z',
    ]);
    academy.clock.set('2027-03-02T00:30:00.000Z');
    await recomputeDueUnlocks(academy.deps);
    expect(await unlock(first)).toEqual({ is_unlocked: false, reason: 'access_expired' });
  });
});
