import { describe, expect } from 'vitest';
import { fc, test } from '@fast-check/vitest';
import { coveredSeconds, growRanges, isWatched, unionRanges, type Range } from './watched.ts';

const second = fc.integer({ min: 0, max: 600 });
const anyRange: fc.Arbitrary<Range> = fc.tuple(second, second).map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);
const anyRanges = fc.array(anyRange, { maxLength: 8 });

describe('joining ranges', () => {
  test('joins what overlaps or touches and drops what is empty', () => {
    expect(
      unionRanges(
        [
          [10, 20],
          [0, 5],
        ],
        [
          [5, 8],
          [15, 30],
          [40, 40],
        ],
      ),
    ).toEqual([
      [0, 8],
      [10, 30],
    ]);
  });

  test.prop([anyRanges, anyRanges])('does not depend on order, and joining twice changes nothing', (a, b) => {
    const joined = unionRanges(a, b);
    expect(unionRanges(b, a)).toEqual(joined);
    expect(unionRanges(joined, a)).toEqual(joined);
  });

  test.prop([anyRanges, second])('a second is in the union exactly when some range has it', (list, moment) => {
    const within = (ranges: readonly Range[]) => ranges.some(([from, to]) => moment >= from && moment < to);
    expect(within(unionRanges(list))).toBe(within(list));
  });
});

describe('watched', () => {
  test('counts distinct seconds against the share asked for', () => {
    expect(isWatched([[0, 90]], 100, 90)).toBe(true);
    expect(isWatched([[0, 89]], 100, 90)).toBe(false);
    expect(
      isWatched(
        [
          [0, 50],
          [0, 50],
        ],
        100,
        90,
      ),
    ).toBe(false);
    expect(
      isWatched(
        [
          [50, 100],
          [0, 40],
        ],
        100,
        90,
      ),
    ).toBe(true);
  });

  test('what is claimed behind the end does not count, and an unknown length is never watched', () => {
    expect(isWatched([[80, 500]], 100, 90)).toBe(false);
    expect(isWatched([[0, 500]], null, 90)).toBe(false);
    expect(isWatched([[0, 500]], 0, 90)).toBe(false);
    expect(coveredSeconds([[80, 500]], 100)).toBe(20);
  });
});

describe('growth', () => {
  test('a jump to the end in ten seconds is cut', () => {
    expect(growRanges([], [[0, 600]], 10)).toEqual([[0, 35]]);
  });

  test('many quick reports gain nothing beyond the time they took', () => {
    let seen = growRanges([], [[0, 1]], 1);
    for (let report = 0; report < 100; report++) seen = growRanges(seen, [[0, 600]], 0.1);
    expect(coveredSeconds(seen)).toBeCloseTo(1 + 100 * 0.1 * 3);
  });

  test('many devices together saw no more than two players could since the lesson opened', () => {
    let seen: [number, number][] = [];
    for (let device = 0; device < 40; device++) {
      seen = growRanges(seen, [[device * 15, device * 15 + 15]], 5, { isFirst: true, sinceOpenSeconds: 5 });
    }
    expect(coveredSeconds(seen)).toBe(2 * (2 * 5 + 15));
  });

  test('a row holds two thousand stretches at most', () => {
    const dust = (from: number): Range[] => Array.from({ length: 1500 }, (_, at) => [from + at, from + at + 0.5]);
    expect(growRanges(growRanges([], dust(0), 1e6), dust(5000), 1e6)).toHaveLength(2000);
  });

  test('double speed is believed', () => {
    expect(growRanges([[0, 100]], [[0, 700]], 300)).toEqual([[0, 700]]);
  });

  test.prop([anyRanges, anyRanges, second])(
    'never loses what is known, never believes more than was reported or possible',
    (known, reported, elapsed) => {
      const grown = growRanges(known, reported, elapsed);
      expect(unionRanges(grown, known)).toEqual(grown);
      expect(unionRanges(grown, known, reported)).toEqual(unionRanges(known, reported));
      expect(coveredSeconds(grown) - coveredSeconds(known)).toBeLessThanOrEqual(2 * elapsed + 15);
    },
  );
});
