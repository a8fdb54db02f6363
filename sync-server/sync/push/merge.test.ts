import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import type { Merge, TableContract } from '#contract/define-table.ts';
import { recordingViews } from '#contract/tables/learning.ts';
import type { Row } from '../define-sync.ts';
import { lostTexts, mergeColumns, type MergeFacts } from './merge.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 22, 12, minute));
const facts = (given: Partial<MergeFacts> = {}): MergeFacts => ({
  isCurrent: false,
  writtenAt: at(10),
  lastWrite: () => null,
  ...given,
});
const tableWith = (merge: Merge): TableContract => ({ ...recordingViews, device: { update: { value: merge } } });
const merged = (merge: Merge, held: unknown, given: unknown, how: Partial<MergeFacts> = {}): unknown => {
  const row = { id: 'row', v: 'token', value: held } as Row;
  return { ...row, ...mergeColumns(tableWith(merge), row, { value: given }, facts(how)) }['value'];
};

describe('newest device time wins', () => {
  test('a later write replaces, an earlier one does not', () => {
    expect(merged('lww', 'old', 'new', { lastWrite: () => at(5) })).toBe('new');
    expect(merged('lww', 'held', 'late arrival', { lastWrite: () => at(15) })).toBe('held');
  });
  test('whoever had seen the row may write over it, whatever the clocks say', () => {
    expect(merged('lww', 'held', 'new', { isCurrent: true, lastWrite: () => at(15) })).toBe('new');
  });
  test('a value can be emptied', () => {
    expect(merged('lww', 'held', null)).toBeNull();
  });
});

describe('texts of which the newest stands', () => {
  const lost = (held: unknown, given: unknown, how: Partial<MergeFacts> = {}) => {
    const row = { id: 'row', v: 'token', value: held } as Row;
    const set = { value: given };
    const table = tableWith('text');
    return lostTexts(table, row, set, mergeColumns(table, row, set, facts(how)), facts(how));
  };
  test('are merged like others, and the one that lost is named with its time', () => {
    expect(merged('text', 'old', 'new', { lastWrite: () => at(5) })).toBe('new');
    expect(lost('old', 'new', { lastWrite: () => at(5) })).toEqual([
      { column: 'value', text: 'old', writtenAt: at(5) },
    ]);
    expect(lost('held', 'late', { lastWrite: () => at(15) })).toEqual([
      { column: 'value', text: 'late', writtenAt: at(10) },
    ]);
  });
  test('nothing is lost where the writer had seen the row, wrote the same, or another device wrote nothing', () => {
    expect(lost('old', 'new', { isCurrent: true, lastWrite: () => at(15) })).toEqual([]);
    expect(lost('same', 'same', { lastWrite: () => at(5) })).toEqual([]);
    expect(lost(null, 'new', { lastWrite: () => at(5) })).toEqual([]);
    expect(lost('old', 'new')).toEqual([]);
  });
});

describe('monotone columns', () => {
  const instants = ['2026-11-22T10:00:00.000Z', '2026-11-22T10:00:00.500Z'] as const;
  test('largest and smallest, of numbers and of instants; nothing is no value', () => {
    expect(merged('max', 3, 5)).toBe(5);
    expect(merged('max', 5, 3)).toBe(5);
    expect(merged('max', instants[1], instants[0])).toBe(instants[1]);
    expect(merged('min', instants[0], instants[1])).toBe(instants[0]);
    expect(merged('min', null, instants[1])).toBe(instants[1]);
    expect(merged('max', 4, null)).toBe(4);
  });
  test('a flag once set stays', () => {
    expect(merged('or', true, false)).toBe(true);
    expect(merged('or', false, true)).toBe(true);
  });
  test('a question is asked once', () => {
    expect(merged('intent', instants[0], instants[1])).toBe(instants[0]);
    expect(merged('intent', null, instants[1])).toBe(instants[1]);
  });

  const range = fc.tuple(fc.nat(100), fc.nat(100)).map(([from, length]) => [from, from + length + 1]);
  const some = fc.array(range, { maxLength: 6 });
  const commutes = (merge: Merge, a: unknown, b: unknown): void => {
    expect(merged(merge, merged(merge, null, a), b)).toEqual(merged(merge, merged(merge, null, b), a));
  };
  test.prop([some, some])('ranges come out the same in whichever order devices report', (a, b) =>
    commutes('union', a, b),
  );
  test.prop([fc.integer(), fc.integer()])('so do the largest and the smallest', (a, b) => {
    commutes('max', a, b);
    commutes('min', a, b);
  });
});

test('columns that stay as they are are no change', () => {
  const row = { id: 'row', v: 'token', position_seconds: 5, watched_ranges: [[0, 5]] } as Row;
  expect(
    mergeColumns(recordingViews, row, { position_seconds: 5, watched_ranges: [[1, 2]] }, facts({ isCurrent: true })),
  ).toEqual({});
});
