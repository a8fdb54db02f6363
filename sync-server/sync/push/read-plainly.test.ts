import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { operationSchema } from '#contract/protocol.ts';
import { isPlainOperation } from './read-plainly.ts';

const plain = () => ({
  op: randomUUID(),
  type: 'lesson_notes',
  id: randomUUID(),
  base: null,
  set: { body: 'one', at_seconds: 1.5 },
  client_at: '2027-02-28T23:59:59.999Z',
});

test('what a long queue consists of is plain', () => {
  expect(isPlainOperation(plain())).toBe(true);
  expect(isPlainOperation({ ...plain(), base: randomUUID(), set: {} })).toBe(true);
});

test.each([
  ['nothing', null],
  ['a list', []],
  ['an id that is none', { ...plain(), id: 'x' }],
  ['an operation in capital letters', { ...plain(), op: randomUUID().toUpperCase() }],
  ['a day that the calendar does not have', { ...plain(), client_at: '2027-02-29T10:00:00.000Z' }],
  ['an hour that the day does not have', { ...plain(), client_at: '2027-02-20T24:00:00.000Z' }],
  ['a list of columns', { ...plain(), set: ['body'] }],
  ['no columns', { ...plain(), set: null }],
  ['a column with a long name', { ...plain(), set: { ['x'.repeat(61)]: 1 } }],
  ['a table with a long name', { ...plain(), type: 'x'.repeat(61) }],
  ['a base with a long name', { ...plain(), base: 'x'.repeat(61) }],
  ['a base that is a number', { ...plain(), base: 1 }],
  ['a deletion', { ...plain(), deleted: true }],
  ['a field of a newer app', { ...plain(), reason: 'x' }],
])('%s is left to the schema', (_, given) => {
  expect(isPlainOperation(given)).toBe(false);
});

test('nothing is plain that the schema would not read as it is', () => {
  const mostly = (usual: unknown, ...others: unknown[]) =>
    fc.oneof({ arbitrary: fc.constant(usual), weight: 9 }, ...others.map((other) => fc.constant(other)));
  const given = fc.record(
    {
      op: mostly(randomUUID(), randomUUID().toUpperCase(), '00000000-0000-0000-0000-000000000000', 'x', 1),
      type: mostly('lesson_notes', '', 'x'.repeat(61), null),
      id: mostly(randomUUID(), `${randomUUID()} `, `${randomUUID()}\n`, '0192f3a0-0000-0000-0000-00000000000a'),
      base: mostly(null, '', randomUUID(), 'x'.repeat(61), 7),
      set: fc.oneof(fc.dictionary(fc.string({ maxLength: 62 }), fc.jsonValue()), mostly({}, null, [], 'x')),
      client_at: fc.oneof(
        fc
          .date({ noInvalidDate: true, min: new Date('1999-12-01'), max: new Date('2040-01-01') })
          .map((date) => date.toISOString()),
        mostly(
          '2027-02-28T10:00:00.000Z',
          '2027-02-30T10:00:00.000Z',
          '2027-02-28T10:00Z',
          '2027-02-28T10:00:60.000Z',
          '',
        ),
      ),
      deleted: fc.boolean(),
    },
    { requiredKeys: ['op', 'type', 'id', 'set'] },
  );
  let found = 0;
  fc.assert(
    fc.property(given, (one) => {
      if (!isPlainOperation(one)) return;
      found += 1;
      expect(operationSchema.parse(one)).toEqual(one);
    }),
    { numRuns: 2000 },
  );
  expect(found).toBeGreaterThan(20);
});
