import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createDevice, createPerson } from '../../testing/people.ts';
import { createChain, openAcademy, outcome, watch, type Academy, type Chain } from '../../testing/academy.ts';

let academy: Academy;
let chain: Chain;
let [first, second, third, fourth]: string[] = [];
beforeAll(async () => {
  academy = await openAcademy();
});
afterAll(() => academy.database.drop());
beforeEach(async () => {
  academy.clock.set('2027-03-01T08:00:00.000Z');
  chain = await createChain(academy, { minutes: 10 });
  [first, second, third, fourth] = chain.lessons;
});

const now = () => academy.clock.now().toISOString();
const send = async (...writes: Parameters<Academy['push']>[1]): Promise<string[]> =>
  (await academy.push(chain.student, writes)).map(outcome);
const view = async (lesson = first) =>
  (
    await academy.rows<{ watched: boolean; watched_seconds: number; watched_ranges: unknown }>(
      'select watched, watched_seconds, watched_ranges from recording_views where user_id = $1 and lesson_id = $2',
      [chain.student.id, lesson],
    )
  )[0];

describe('watching', () => {
  const played = (lesson: string | undefined, seconds: number, at = now()) =>
    watch(chain.student.id, lesson!, at, seconds);

  test('90 % of distinct seconds counts as watched', async () => {
    academy.clock.pass(10);
    expect(await send(played(first, 539))).toEqual(['ok']);
    expect(await view()).toMatchObject({ watched: false, watched_seconds: 539 });
    academy.clock.pass(1);
    expect(await send(played(first, 541))).toEqual(['ok']);
    expect(await view()).toMatchObject({ watched: true, watched_ranges: [[0, 541]] });
  });

  test('a device that claims more than double speed is believed that much', async () => {
    academy.clock.pass(1);
    expect(await send(played(first, 600))).toEqual(['ok']);
    expect(await view()).toMatchObject({ watched: false, watched_ranges: [[0, 135]] });
  });

  test('the length comes from the recording, not from the device', async () => {
    academy.clock.pass(10);
    const claim = played(first, 60);
    expect(await send({ ...claim, set: { ...claim.set, duration_seconds: 60 } })).toEqual(['ok']);
    expect(await view()).toMatchObject({ watched: false });
  });

  test('what is the server’s is ignored', async () => {
    academy.clock.pass(1);
    const claim = played(first, 10);
    await send({ ...claim, set: { ...claim.set, watched: true, watched_at: now(), watched_seconds: 600 } });
    expect(await view()).toMatchObject({ watched: false, watched_seconds: 10 });
  });

  test('a locked lesson cannot be watched; one the server pre-authorised can', async () => {
    expect(await send(played(fourth, 10))).toEqual(['locked']);
    await academy.rows('update assignments set is_active = false');
    await academy.settle(chain.student);
    expect(await send(played(second, 10))).toEqual(['ok']);
    await academy.rows('update assignments set is_active = true');
  });

  test('two devices’ stretches are joined, also when both come back at the same moment', async () => {
    const other = await createDevice(academy.database.server, chain.student.id);
    academy.clock.pass(30);
    const stretch = (watched_ranges: [number, number][]) => ({
      ...played(first, 0),
      set: { ...played(first, 0).set, watched_ranges },
    });
    await academy.push(chain.student, [stretch([[0, 300]])], chain.device);
    await academy.push(chain.student, [stretch([[250, 560]])], other);
    expect(await view()).toMatchObject({ watched: true, watched_ranges: [[0, 560]] });
  });

  test('lessons seen one after the other without a connection all count, sent in one push', async () => {
    await academy.rows('update assignments set is_required = false');
    await academy.rows('update lesson_media set duration_seconds = 600');
    await academy.settle(chain.student);
    academy.clock.pass(60);
    expect(await send(...[first, second, third].map((lesson) => played(lesson, 600)))).toEqual(['ok', 'ok', 'ok']);
    const seen = await academy.rows('select watched from recording_views where user_id = $1', [chain.student.id]);
    expect(seen).toEqual([{ watched: true }, { watched: true }, { watched: true }]);
  });

  test('one device that reports again at once is believed no further', async () => {
    academy.clock.pass(30);
    await academy.push(chain.student, [played(first, 30)], chain.device);
    await academy.push(chain.student, [played(first, 560)], chain.device);
    expect(await view()).toMatchObject({ watched: false, watched_ranges: [[0, 30]] });
  });

  test('nobody watches for somebody else', async () => {
    const other = await createPerson(academy.database.server, 'student');
    expect((await academy.push(other, [played(first, 10)])).map(outcome)).toEqual(['not_allowed']);
    expect(await view()).toBeUndefined();
  });

  test('a lesson without a recording is done when the student says so', async () => {
    await academy.rows('update available_lessons set has_media = false where id = $1', [first]);
    const done = played(first, 0);
    await send({ ...done, set: { ...done.set, watched_ranges: [], duration_seconds: 0 } });
    expect(await view()).toMatchObject({ watched: true });
  });
});
