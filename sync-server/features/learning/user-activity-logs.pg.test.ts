import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createChain, openAcademy, outcome, type Academy, type Chain } from '../../testing/academy.ts';

let academy: Academy;
let chain: Chain;
beforeAll(async () => {
  academy = await openAcademy();
});
afterAll(() => academy.database.drop());
beforeEach(async () => {
  academy.clock.set('2027-03-01T08:00:00.000Z');
  chain = await createChain(academy, { minutes: 10 });
});

const now = () => academy.clock.now().toISOString();
const send = async (...writes: Parameters<Academy['push']>[1]): Promise<string[]> =>
  (await academy.push(chain.student, writes)).map(outcome);

describe('activity', () => {
  const log = (set: Record<string, unknown>) => ({
    type: 'user_activity_logs',
    set: {
      user_id: chain.student.id,
      activity_type: 'page_visit',
      occurred_at: now(),
      reference_id: null,
      metadata: {},
      ...set,
    },
  });
  const logged = () =>
    academy.rows('select activity_type, occurred_at from user_activity_logs where user_id = $1', [chain.student.id]);

  test('a device tells only what a device may tell, about its own person', async () => {
    expect(await send(log({}))).toEqual(['ok']);
    expect(await send(log({ activity_type: 'assignment_approved' }))).toEqual(['not_allowed']);
    expect(await send(log({ user_id: chain.mentor.id }))).toEqual(['not_allowed']);
    expect(await send(log({ metadata: { text: 'x'.repeat(9000) } }))).toEqual(['too_large']);
    expect(await logged()).toEqual([{ activity_type: 'page_visit', occurred_at: now() }]);
  });

  test('times are kept between ninety days ago and now', async () => {
    await send(log({ occurred_at: '2030-01-01T00:00:00.000Z' }), log({ occurred_at: '2020-01-01T00:00:00.000Z' }));
    expect(new Set((await logged()).map((row) => row['occurred_at']))).toEqual(
      new Set(['2026-12-01T08:00:00.000Z', now()]),
    );
  });
});
