import { describe, expect, it } from 'vitest';
import { idOf } from '../testing/rows.ts';
import type { OutboxRow } from './device-database.ts';
import { nextBatch } from './next-batch.ts';

describe('nextBatch', () => {
  const row = (seq: number, over: Partial<OutboxRow> = {}): OutboxRow => ({
    seq,
    op: idOf(6, seq),
    verb: 'update',
    type: 'lesson_notes',
    id: idOf(5, seq),
    key: `lesson_notes|${idOf(5, seq)}`,
    set: { body: 'x' },
    guess: {},
    base: null,
    client_at: '2026-11-22T10:00:00.000Z',
    sent: false,
    overtaken: false,
    tries: 0,
    not_before: null,
    ...over,
  });
  it('carries at most 1,000 operations and about 1 MB, and always at least one', () => {
    expect(
      nextBatch(
        Array.from({ length: 1500 }, (_, n) => row(n + 1)),
        0,
      ),
    ).toMatchObject({ rows: { length: 1000 }, more: true });
    const big = { set: { body: 'x'.repeat(400_000) } };
    expect(nextBatch([row(1, big), row(2, big), row(3, big)], 0)).toMatchObject({ rows: { length: 2 }, more: true });
    expect(nextBatch([row(1, { set: { body: 'x'.repeat(2_000_000) } }), row(2)], 0).rows).toHaveLength(1);
  });
  it('sends files first, and holds back only later writes of a row that waits', () => {
    const rows = [
      row(1),
      row(2, { not_before: 50 }),
      row(3, { key: row(2).key, id: row(2).id }),
      row(4, { type: 'files', key: 'files|4' }),
    ];
    expect(nextBatch(rows, 10)).toMatchObject({ rows: [{ seq: 4 }, { seq: 1 }], more: false });
    expect(nextBatch(rows, 60).rows.map(({ seq }) => seq)).toEqual([4, 1, 2, 3]);
  });
});
