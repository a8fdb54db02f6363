import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { naturalId } from '#contract/natural-id.ts';
import type { Client } from '../testing/api-client.ts';
import { operation } from '../testing/operations.ts';
import { push } from '../testing/sync-client.ts';
import { e2eIds, openStage, type Stage } from './stage.fixture.ts';

/** Ways to have a lesson counted as watched without watching it, and so to open the next one. */

let stage: Stage;
let ayesha: Client;
beforeAll(async () => {
  stage = await openStage();
  ayesha = await stage.signIn('ayesha');
});
afterAll(() => stage.close());
beforeEach(async () => {
  await stage.rows('delete from recording_views');
  // The lesson has just opened, and its film is long.
  await openedBefore('0 seconds');
  await stage.rows('update lesson_media set duration_seconds = 600 where id = $1', [e2eIds.l1]);
});

const openedBefore = (interval: string) =>
  stage.rows('update user_unlocks set unlocked_at = now() - $3::interval where user_id = $1 and lesson_id = $2', [
    ayesha.userId,
    e2eIds.l1,
    interval,
  ]);
const viewId = () => naturalId('recording_views', ayesha.userId, e2eIds.l1);
const report = (ranges: unknown, more: Record<string, unknown> = {}) =>
  operation('recording_views', viewId(), {
    set: {
      user_id: ayesha.userId,
      lesson_id: e2eIds.l1,
      position_seconds: 600,
      watched_ranges: ranges,
      duration_seconds: 600,
      last_watched_at: new Date().toISOString(),
      ...more,
    },
  });
type View = { watched: boolean; watched_seconds: number; watched_ranges: [number, number][] };
const view = async () =>
  (
    await stage.rows<View>('select watched, watched_seconds, watched_ranges from recording_views where id = $1', [
      viewId(),
    ])
  )[0];
const isNextOpen = async () =>
  (
    await stage.rows<{ is_unlocked: boolean }>(
      'select is_unlocked from user_unlocks where user_id = $1 and lesson_id = $2',
      [ayesha.userId, e2eIds.l2],
    )
  )[0]?.is_unlocked;

async function expectUnwatched(): Promise<void> {
  expect(await view()).toMatchObject({ watched: false });
  expect((await view())!.watched_seconds).toBeLessThan(120);
  expect(await isNextOpen()).not.toBe(true);
}

describe('a student cannot open the next lesson', () => {
  test('by reporting the whole film one second after it opened', async () => {
    expect(await push(ayesha, [report([[0, 600]])])).toMatchObject([{ s: 'ok' }]);
    await expectUnwatched();
  });

  test('by reporting it in many small pushes', async () => {
    for (let at = 0; at < 600; at += 30) await push(ayesha, [report([[at, at + 30]])]);
    await expectUnwatched();
  });

  test('by reporting it piece by piece from ever new devices', async () => {
    const devices = await Promise.all(Array.from({ length: 5 }, () => stage.signIn('ayesha')));
    for (let round = 0; round < 20; round++) {
      await push(devices[round % 5]!, [report([[round * 30, round * 30 + 30]])]);
    }
    await expectUnwatched();
  });

  test('by a device clock that runs in the past or the future', async () => {
    for (const last_watched_at of [
      '2020-01-01T00:00:00.000Z',
      '2099-01-01T00:00:00.000Z',
      '2000-01-01T00:00:00.000Z',
    ]) {
      await push(ayesha, [report([[0, 600]], { last_watched_at })]);
      await expectUnwatched();
    }
  });

  test('by claiming that the film is one second long, or has no length at all', async () => {
    await push(ayesha, [
      report([[0, 1]], { duration_seconds: 1 }),
      report([], { duration_seconds: 0 }),
      report([], { duration_seconds: null }),
    ]);
    await expectUnwatched();
  });

  test('by setting `watched` itself', async () => {
    await push(ayesha, [report([], { watched: true, watched_at: new Date().toISOString(), watched_seconds: 600 })]);
    await expectUnwatched();
  });

  test('by ranges that are no ranges: negative, not a number, infinite, backwards, a million of them', async () => {
    const impossible = [[[-600, 600]], [['NaN', 600]], [[0, null]], [[0, 600, 1200]], [0, 600], 'all', { 0: [0, 600] }];
    const many = Array.from({ length: 2001 }, (_, at) => [at, at + 1]);
    const verdicts = await push(
      ayesha,
      [...impossible, many].map((ranges) => report(ranges)),
    );
    for (const verdict of verdicts) expect(verdict).toMatchObject({ s: 'refused', code: 'invalid' });
    // 1e999 is JSON, and no finite number.
    const raw = JSON.stringify({ ops: [report([[0, 'HUGE']])] }).replace('"HUGE"', '1e999');
    const answer = await stage.server.app.inject({
      method: 'POST',
      url: '/sync/v1/push',
      headers: {
        authorization: `Bearer ${ayesha.session.access_token}`,
        'x-device-id': ayesha.deviceId,
        'content-type': 'application/json',
      },
      payload: raw,
    });
    expect(answer.json()).toMatchObject({ verdicts: [{ s: 'refused', code: 'invalid' }] });
    expect(await push(ayesha, [report([[600, 0]]), report([[5, 5]])])).toMatchObject([{ s: 'ok' }, { s: 'ok' }]);
    await expectUnwatched();
  });

  test('nor make the row grow without end, by dust', async () => {
    await openedBefore('1 day');
    const dust = (from: number) =>
      Array.from({ length: 2000 }, (_, at) => [from + at / 1000, from + at / 1000 + 0.0001]);
    for (let round = 0; round < 4; round++)
      await push(ayesha, [report(dust(round * 10), { last_watched_at: new Date().toISOString() })]);
    expect((await view())!.watched_ranges.length).toBeLessThanOrEqual(2000);
  });

  test('by watching a lesson that is locked, or one that does not exist', async () => {
    const elsewhere = (lesson: string) =>
      operation('recording_views', naturalId('recording_views', ayesha.userId, lesson), {
        set: { ...report([[0, 60]]).set, lesson_id: lesson },
      });
    expect(await push(ayesha, [elsewhere(e2eIds.l3), elsewhere(randomUUID())])).toMatchObject([
      { s: 'refused', code: 'locked' },
      { s: 'refused', code: 'not_allowed' },
    ]);
  });
});

test('the same report, an honest time after the lesson opened, counts', async () => {
  await openedBefore('1 hour');
  await push(ayesha, [report([[0, 600]])]);
  expect(await view()).toMatchObject({ watched: true });
});
