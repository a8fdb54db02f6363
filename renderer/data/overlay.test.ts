import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { ReplicaDoc } from './documents.ts';
import { overlay, type Edit } from './overlay.ts';

const row: ReplicaDoc = { key: 't|1', type: 't', id: '1', v: 'm', a: 1, b: 1 };
const columns = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer());
const update = fc.record({
  op: fc.uuid(),
  verb: fc.constant('update' as const),
  type: fc.constant('t'),
  id: fc.constant('1'),
  set: columns,
  guess: fc.constant({}),
});
const edit = (verb: Edit['verb'], set = {}, guess = {}): Edit => ({
  op: `op-${verb}`,
  verb,
  type: 't',
  id: '1',
  set,
  guess,
});

describe('overlay', () => {
  test.prop([fc.array(update, { minLength: 1 })])(
    'the last edit of a column wins, columns nobody edited are the master’s',
    (edits) => {
      const seen = overlay(row, edits);
      const merged = Object.assign({}, ...edits.map(({ set }) => set)) as Record<string, unknown>;
      expect(seen).toEqual({ ...row, ...merged, v: edits.at(-1)?.op });
    },
  );

  test.prop([fc.array(update), fc.array(update)])('laying in two steps is laying in one', (first, second) => {
    expect(overlay(overlay(row, first), second)).toEqual(overlay(row, [...first, ...second]));
  });

  it('an insert makes a row, a delete hides it, an update of nothing shows nothing', () => {
    expect(overlay(null, [edit('insert', { a: 2 }, { status: 'pending' })])).toMatchObject({
      key: 't|1',
      a: 2,
      status: 'pending',
      v: 'op-insert',
    });
    expect(overlay(row, [edit('delete')])).toBeNull();
    expect(overlay(null, [edit('update', { a: 2 })])).toBeNull();
    expect(overlay(row, [edit('delete'), edit('insert', { a: 3 })])).toMatchObject({ a: 3 });
  });

  it('a guess yields to what the server decides, and a pushed column to no guess', () => {
    expect(overlay(row, [edit('update', { a: 5 }, { a: 9, b: 2 })])).toMatchObject({ a: 5, b: 2 });
  });

  it('never renames a row', () => {
    expect(overlay(row, [edit('update', { id: 'x', type: 'y', key: 'z' })])).toMatchObject({
      id: '1',
      type: 't',
      key: 't|1',
    });
  });
});
