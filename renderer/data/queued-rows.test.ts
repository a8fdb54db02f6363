import { describe, expect, it } from 'vitest';
import { idOf } from '../testing/rows.ts';
import type { OutboxRow } from './device-database.ts';
import { createQueuedRows } from './queued-rows.ts';

const row = (seq: number, key: string, tries = 0): OutboxRow => ({
  seq,
  op: idOf(6, seq),
  verb: 'update',
  type: 'lesson_notes',
  id: idOf(5, seq),
  key,
  set: {},
  guess: {},
  base: null,
  client_at: '2026-11-22T10:00:00.000Z',
  sent: false,
  overtaken: false,
  tries,
  not_before: null,
});
const seqs = (rows: readonly OutboxRow[]) => rows.map(({ seq }) => seq);

describe('the queue in memory', () => {
  it('says the same by row as in its order, whatever is appended, replaced and taken out', () => {
    const queued = createQueuedRows([row(1, 'a'), row(2, 'b')]);
    queued.append(row(3, 'a'));
    queued.append(row(4, 'c'));
    expect(seqs(queued.all.get())).toEqual([1, 2, 3, 4]);
    expect(seqs(queued.of('a'))).toEqual([1, 3]);

    queued.change([row(1, 'a'), row(4, 'c')], [row(3, 'a', 7)]);
    expect(queued.all.get()).toEqual([row(2, 'b'), row(3, 'a', 7)]);
    expect(queued.of('a')).toEqual([row(3, 'a', 7)]);
    expect(queued.has('c')).toBe(false);
    expect(queued.of('c')).toEqual([]);
  });

  it('takes a row out that is given again with other words, and leaves others alone', () => {
    const queued = createQueuedRows([row(1, 'a'), row(2, 'a')]);
    queued.change([row(1, 'a')], [row(1, 'a', 5), row(9, 'z')]);
    expect(seqs(queued.all.get())).toEqual([2]);
    expect(seqs(queued.of('a'))).toEqual([2]);
    expect(queued.has('z')).toBe(false);
  });

  it('tells each change once, and none where nothing changes', () => {
    const queued = createQueuedRows([row(1, 'a')]);
    let told = 0;
    queued.all.subscribe(() => (told += 1));
    queued.change([], []);
    expect(told).toBe(0);
    queued.append(row(2, 'b'));
    queued.change([row(1, 'a')], [row(2, 'b', 1)]);
    expect(told).toBe(2);
  });
});
