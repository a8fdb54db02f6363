import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readOperation } from './parse-operation.ts';

const ids = { op: '0192f3a0-0000-7000-8000-00000000000a', id: '0192f3a0-0000-7000-8000-00000000000b' };
const operation = (over: object = {}) => ({
  ...ids,
  type: 'lesson_notes',
  base: null,
  set: { body: 'one' },
  client_at: '2027-03-01T08:00:00.000Z',
  ...over,
});

/** What stands in the stored verdicts of every server so far. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([key, one]) => [key, sorted(one)]));
}
const sha256 = ({ op: _, ...content }: { op: string }): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(content)))
    .digest('hex');

describe('the fingerprint of an operation', () => {
  test('is that of its content with every field in order, whatever the content is', () => {
    const set = fc.dictionary(
      fc.string({ maxLength: 12 }).filter((name) => name !== '__proto__'),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(set, (content) => {
        const read = readOperation(JSON.parse(JSON.stringify(operation({ set: content }))));
        expect(read).toMatchObject({ op: ids });
        expect((read as { sha256: string }).sha256).toBe(sha256((read as { op: { op: string } }).op));
      }),
    );
  });

  test('knows names that look like numbers, which objects list first', () => {
    const read = readOperation(operation({ set: { b: 1, '10': 2, '9': [{ z: 1, a: null }], '-1': 3 } }));
    expect(read).toMatchObject({
      sha256: sha256(operation({ set: { '9': [{ a: null, z: 1 }], '10': 2, '-1': 3, b: 1 } })),
    });
  });

  test('is another for other content, and the same in other letters or another order', () => {
    const print = (given: unknown) => (readOperation(given) as { sha256: string }).sha256;
    const { type, ...others } = operation();
    expect(print({ ...others, type })).toBe(print(operation()));
    expect(print(operation({ op: ids.op.toUpperCase(), id: ids.id.toUpperCase() }))).toBe(print(operation()));
    expect(print(operation({ set: { body: 'two' } }))).not.toBe(print(operation()));
  });
});

test('ids come back in small letters, and nothing else is changed', () => {
  const given = operation({ op: ids.op.toUpperCase(), set: { body: 'ÄB' } });
  expect(readOperation(given)).toMatchObject({ op: { ...ids, set: { body: 'ÄB' } } });
});

test('half a character costs itself, not its operation', () => {
  expect(readOperation(operation({ set: { body: 'half \ud83d\0' } }))).toMatchObject({
    op: { set: { body: 'half \ufffd' } },
  });
});
