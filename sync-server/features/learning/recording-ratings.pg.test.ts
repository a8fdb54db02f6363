import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { naturalId } from '#contract/natural-id.ts';
import { createPerson } from '../../testing/people.ts';
import { createChain, openAcademy, outcome, watch, type Academy, type Chain } from '../../testing/academy.ts';

let academy: Academy;
let chain: Chain;
let [first, second]: string[] = [];
beforeAll(async () => {
  academy = await openAcademy();
});
afterAll(() => academy.database.drop());
beforeEach(async () => {
  academy.clock.set('2027-03-01T08:00:00.000Z');
  await academy.rows('update company_settings set rating_gate_from = null');
  chain = await createChain(academy, { minutes: 10 });
  [first, second] = chain.lessons;
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

describe('rating', () => {
  const rate = (rating: number, feedback: string | null = null, lesson = first) => ({
    type: 'recording_ratings',
    id: naturalId('recording_ratings', chain.student.id, lesson!),
    set: { user_id: chain.student.id, lesson_id: lesson, rating, feedback },
  });

  test('only what was watched can be rated', async () => {
    expect(await send(rate(5))).toEqual(['locked']);
    academy.clock.pass(10);
    expect(await send(watch(chain.student.id, first!, now(), 600), rate(5))).toEqual(['ok', 'ok']);
  });

  test('one or two stars ask for words; one star is told to the staff', async () => {
    const admin = await createPerson(academy.database.server, 'admin');
    academy.clock.pass(10);
    await send(watch(chain.student.id, first!, now(), 600));
    expect(await send(rate(2))).toEqual(['invalid']);
    expect(await send(rate(1, 'No sound after ten minutes'))).toEqual(['ok']);
    expect(await academy.rows('select title, body from notifications where user_id = $1', [admin.id])).toEqual([
      { title: 'Low rating for First', body: '1 of 5. No sound after ten minutes' },
    ]);
  });

  test('opens the next lesson where ratings are asked for', async () => {
    await academy.rows("update company_settings set rating_gate_from = '2027-02-01'");
    await academy.rows('update assignments set is_required = false');
    academy.clock.pass(10);
    await send(watch(chain.student.id, first!, now(), 600));
    expect(await unlock(second)).toEqual({ is_unlocked: false, reason: 'previous_lesson_not_rated' });
    await send(rate(4));
    expect(await unlock(second)).toEqual({ is_unlocked: true, reason: 'requirements_met' });
    await academy.rows('update assignments set is_required = true');
  });
});
