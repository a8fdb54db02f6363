import type { Merge, TableContract } from '#contract/define-table.ts';
import { unionRanges, type Range } from '#contract/rules/watched.ts';
import type { Row } from '../define-sync.ts';

/** What a merge has to know beside the values. */
export type MergeFacts = {
  /** The writer had seen the row's present state, so nothing it did not know of can be lost. */
  isCurrent: boolean;
  /** Device time of this write, and of the last write of a column by another device of this person. */
  writtenAt: Date;
  lastWrite: (column: string) => Date | null;
};

/**
 * The columns that really change when a device's values meet the row as it is (data model 5.5). An empty answer means that
 * the row already says as much or more.
 */
export function mergeColumns(
  table: TableContract,
  before: Row,
  set: Record<string, unknown>,
  facts: MergeFacts,
): Record<string, unknown> {
  const changes: Record<string, unknown> = {};
  for (const [column, given] of Object.entries(set)) {
    const merged = mergeOne(table.device.update?.[column] ?? 'lww', before[column] ?? null, given, facts, column);
    if (!equal(merged, before[column] ?? null)) changes[column] = merged;
  }
  return changes;
}

/**
 * The columns in which this write has the last word so far: those it changes, and those that said already what it says. The latter
 * count too, for an older write of another device that comes in later must not win over them.
 */
export function settledColumns(
  table: TableContract,
  before: Row,
  set: Record<string, unknown>,
  changes: Record<string, unknown>,
  facts: MergeFacts,
): string[] {
  return Object.entries(set).flatMap(([column, given]) => {
    const isSaidAgain =
      ['lww', 'text'].includes(table.device.update?.[column] ?? 'lww') &&
      equal(given, before[column] ?? null) &&
      isNewest(facts, column);
    return column in changes || isSaidAgain ? [column] : [];
  });
}

/** Words of a person that a merge of two devices put aside, and when they were written. */
export type LostText = { column: string; text: string; writtenAt: Date };

/** The texts that lost: the one just pushed, or the one that stood there and was another device's. */
export function lostTexts(
  table: TableContract,
  before: Row,
  set: Record<string, unknown>,
  changes: Record<string, unknown>,
  facts: MergeFacts,
): LostText[] {
  if (facts.isCurrent) return [];
  return Object.entries(set).flatMap(([column, given]) => {
    const other = facts.lastWrite(column);
    if (table.device.update?.[column] !== 'text' || other === null || equal(given, before[column] ?? null)) return [];
    const lost =
      column in changes ? { text: before[column], writtenAt: other } : { text: given, writtenAt: facts.writtenAt };
    return typeof lost.text === 'string' && lost.text.trim() !== ''
      ? [{ column, text: lost.text, writtenAt: lost.writtenAt }]
      : [];
  });
}

function mergeOne(merge: Merge, held: unknown, given: unknown, facts: MergeFacts, column: string): unknown {
  switch (merge) {
    case 'lww':
    case 'text':
      return isNewest(facts, column) ? given : held;
    case 'union':
      return unionRanges(asRanges(held), asRanges(given));
    case 'max':
      return later(held, given, 1);
    case 'min':
      return later(held, given, -1);
    case 'or':
      return held === true || given === true;
    case 'intent':
      // Asked once; the server answers in other columns and clears the question.
      return held ?? given;
  }
}

function isNewest({ isCurrent, writtenAt, lastWrite }: MergeFacts, column: string): boolean {
  const last = lastWrite(column);
  return isCurrent || last === null || writtenAt >= last;
}

const asRanges = (value: unknown): readonly Range[] => (Array.isArray(value) ? (value as Range[]) : []);

/** Numbers by size, instants (ISO text in UTC) by time; null is no value. */
function later(a: unknown, b: unknown, sign: 1 | -1): unknown {
  if (a === null || a === undefined) return b;
  if (b === null || b === undefined) return a;
  const [left, right] = typeof a === 'number' ? [a, Number(b)] : [Date.parse(String(a)), Date.parse(String(b))];
  return Math.sign(right - left) === sign ? b : a;
}

const equal = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);
