import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../../testing/api-client.ts';
import { operation } from '../../testing/operations.ts';
import type { Person } from '../../testing/people.ts';
import { openPushStage, type PushStage } from '../../testing/push-stage.ts';
import { push } from '../../testing/sync-client.ts';

let stage: PushStage;
let database: PushStage['database'];
let student: Person;
let other: Person;
let device: Client;
let note: PushStage['note'];
let column: PushStage['column'];
let signIn: PushStage['signIn'];

beforeAll(async () => {
  stage = await openPushStage();
  ({ database, student, other, device, note, column, signIn } = stage);
});
afterAll(() => stage.close());

const edit = (id: string, base: string | null, set: Record<string, unknown>) =>
  operation('lesson_notes', id, { base, set });
const rowsOf = async (ids: readonly string[]) => {
  const { rows } = await database.server.query<{ id: string; v: string; body: string; at: string }>(
    'select id, v, body, client_at as at from lesson_notes where id = any($1)',
    [ids],
  );
  return new Map(rows.map(({ id, ...row }) => [id, row]));
};

test('in a long queue only what is wrong is refused, and what stands in it twice is written once', async () => {
  const ops = Array.from({ length: 120 }, () => note());
  const wrong = note({ lesson_id: randomUUID() });
  const queue = [...ops.slice(0, 70), wrong, ops[60]!, ...ops.slice(70)];
  const verdicts = await push(device, queue);
  expect(verdicts.map(({ op }) => op)).toEqual(queue.map(({ op }) => op));
  expect(verdicts.filter(({ s }) => s !== 'ok').map(({ op }) => op)).toEqual([wrong.op]);
  const { rows } = await database.server.query<{ v: string }>('select v from lesson_notes where id = any($1)', [
    ops.map(({ id }) => id),
  ]);
  expect(rows.map(({ v }) => v).toSorted()).toEqual(ops.map(({ op }) => op).toSorted());
});

test('a run of new rows hides neither a row of somebody else nor the same row twice', async () => {
  const ops = Array.from({ length: 60 }, () => note());
  const foreign = note({ user_id: other.id });
  const twice = { ...note({ body: 'Another text' }), id: ops[5]!.id };
  const taken = note();
  await push(await signIn(other), [{ ...taken, set: { ...taken.set, user_id: other.id } }]);
  const stolen = { ...note(), id: taken.id };
  const queue = [...ops.slice(0, 30), foreign, twice, stolen, ...ops.slice(30)];
  const verdicts = await push(device, queue);
  expect(verdicts.filter(({ s }) => s !== 'ok').map(({ op, s }) => [op, s])).toEqual([
    [foreign.op, 'refused'],
    [twice.op, 'conflict'],
    [stolen.op, 'refused'],
  ]);
  expect(await column('lesson_notes', ops[5]!.id, 'body')).toBe('A thought');
  expect(await column('lesson_notes', taken.id, 'user_id')).toBe(other.id);
  expect(await column('lesson_notes', foreign.id, 'id')).toBeUndefined();
});

test('what is there already is found among many new rows, also what was deleted and is made again', async () => {
  const [same, differs, gone] = [note(), note(), note()];
  await push(device, [same, differs, gone]);
  await push(device, [{ ...edit(gone.id, gone.op, {}), deleted: true }]);
  const again = [
    { ...note(), id: same.id },
    { ...note({ body: 'Another text' }), id: differs.id },
    { ...note(), id: gone.id },
  ];
  const ops = Array.from({ length: 130 }, () => note());
  const verdicts = await push(device, [...ops.slice(0, 60), ...again, ...ops.slice(60)]);
  expect(verdicts.toSpliced(60, 3).every(({ s }) => s === 'ok')).toBe(true);
  expect(verdicts.slice(60, 63)).toMatchObject([
    { s: 'ok', doc: { v: same.op } },
    { s: 'conflict', doc: { v: differs.op } },
    { s: 'ok', doc: { v: again[2]!.op, body: 'A thought' } },
  ]);
  expect(await rowsOf(ops.map(({ id }) => id))).toHaveProperty('size', 130);
  expect(await column('lesson_notes', differs.id, 'body')).toBe('A thought');
  expect(await column('lesson_notes', gone.id, 'is_deleted')).toBe(false);
});

test('many changes of rows at once are each judged under the same rules as alone', async () => {
  const ops = Array.from({ length: 130 }, () => note());
  expect((await push(device, ops)).every(({ s }) => s === 'ok')).toBe(true);
  const edits = ops.map(({ op, id }) => edit(id, op, { body: 'A better thought' }));
  const [stale, removed, ...plain] = edits;
  // Another device was there first; its text is kept beside the one that comes later.
  await push(await signIn(student), [edit(stale!.id, stale!.base, { body: 'From elsewhere' })]);
  const theirs = note({ user_id: other.id });
  await push(await signIn(other), [theirs]);
  const foreign = edit(theirs.id, theirs.op, { body: 'Not mine' });
  const gone = { ...removed!, set: {}, deleted: true };
  const verdicts = await push(device, [stale!, ...plain.slice(0, 60), foreign, gone, ...plain.slice(60)]);
  expect(verdicts.filter(({ s }) => s !== 'ok').map(({ op, s }) => [op, s])).toEqual([[foreign.op, 'refused']]);
  expect(await column('lesson_notes', theirs.id, 'body')).toBe('A thought');
  expect(await column('lesson_notes', gone.id, 'is_deleted')).toBe(true);
  const written = await rowsOf(plain.map(({ id }) => id));
  expect(written).toEqual(
    new Map(plain.map(({ id, op, client_at }) => [id, { v: op, body: 'A better thought', at: client_at }])),
  );
  const texts = await database.server.query<{ body: string }>(
    'select body from lesson_notes where id = $1 or copy_of = $1 order by body',
    [stale!.id],
  );
  expect(texts.rows.map(({ body }) => body)).toEqual(['A better thought', 'From elsewhere']);
  // Told again, each has its first verdict, and nothing is written twice.
  expect((await push(device, plain)).map(({ op, s }) => [op, s])).toEqual(plain.map(({ op }) => [op, 'ok']));
});

test('rows that came together are told apart when they come again', async () => {
  const ops = Array.from({ length: 20 }, () => note());
  const first = await push(device, ops);
  expect(first.every(({ s }) => s === 'ok')).toBe(true);
  expect(await push(device, [...ops.slice(10), note(), ...ops.slice(0, 10)])).toMatchObject(
    [...ops.slice(10), null, ...ops.slice(0, 10)].map((op) => ({
      s: 'ok',
      ...(op ? { op: op.op, doc: { v: op.op } } : {}),
    })),
  );
});
