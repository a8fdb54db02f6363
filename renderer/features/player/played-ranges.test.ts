import fc from 'fast-check';
import { expect, test } from 'vitest';
import { coveredSeconds, isWatched } from '#contract/rules/watched.ts';
import { createPlayedTracker } from './played-ranges.ts';

/** Plays from one second to another at a rate, with four reports a second as browsers send them. */
function play(tracker: ReturnType<typeof createPlayedTracker>, from: number, to: number, rate = 1, clock = 0): number {
  let at = clock;
  for (let position = from; position < to; position = Math.min(to, position + 0.25 * rate)) {
    tracker.follow(position, at, rate);
    at += 250;
  }
  tracker.follow(to, at, rate);
  return at;
}

test('what plays is written down', () => {
  const tracker = createPlayedTracker([]);
  play(tracker, 0, 12);
  expect(tracker.ranges()).toEqual([[0, 12]]);
});

test('a seek does not count, whether it is announced or not', () => {
  const announced = createPlayedTracker([]);
  const at = play(announced, 0, 5);
  announced.lift();
  play(announced, 60, 65, 1, at + 100);
  expect(announced.ranges()).toEqual([
    [0, 5],
    [60, 65],
  ]);

  const silent = createPlayedTracker([]);
  play(silent, 60, 65, 1, play(silent, 0, 5) + 100);
  expect(silent.ranges()).toEqual([
    [0, 5],
    [60, 65],
  ]);
});

test('a seek backwards does not count either', () => {
  const tracker = createPlayedTracker([]);
  play(tracker, 10, 12, 1, play(tracker, 30, 35) + 50);
  expect(tracker.ranges()).toEqual([
    [10, 12],
    [30, 35],
  ]);
});

test('dragging the playhead to the end is not watching', () => {
  const tracker = createPlayedTracker([]);
  for (let at = 0; at < 20; at += 1) tracker.follow(at * 5, at * 250, 1);
  expect(isWatched(tracker.ranges(), 100, 90)).toBe(false);
  expect(coveredSeconds(tracker.ranges())).toBe(0);
});

test.each([0.5, 1, 1.5, 2])('at %s× the same seconds are covered', (rate) => {
  const tracker = createPlayedTracker([]);
  play(tracker, 0, 38, rate);
  expect(tracker.ranges()).toEqual([[0, 38]]);
  expect(isWatched(tracker.ranges(), 40, 90)).toBe(true);
});

test('a throttled window that reports rarely loses nothing', () => {
  const tracker = createPlayedTracker([]);
  for (let at = 0; at <= 30; at += 6) tracker.follow(at, at * 1000, 1);
  expect(tracker.ranges()).toEqual([[0, 30]]);
});

test('what was known before is joined, never lost', () => {
  const tracker = createPlayedTracker([
    [0, 10],
    [50, 60],
  ]);
  play(tracker, 8, 20);
  expect(tracker.ranges()).toEqual([
    [0, 20],
    [50, 60],
  ]);
});

test('never more seconds than the clock allows', () => {
  const step = fc.record({
    position: fc.double({ min: 0, max: 600, noNaN: true }),
    wait: fc.integer({ min: 0, max: 3000 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom(0.5, 1, 2), (steps, rate) => {
      const tracker = createPlayedTracker([]);
      let at = 0;
      for (const { position, wait } of steps) {
        at += wait;
        tracker.follow(position, at, rate);
      }
      // Half a second of slack for each report.
      expect(coveredSeconds(tracker.ranges())).toBeLessThanOrEqual((at / 1000) * rate + steps.length * 0.52);
    }),
  );
});
