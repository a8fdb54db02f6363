import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { PoolClient } from '../../db/sql.ts';
import type { Client } from '../../testing/api-client.ts';
import { operation } from '../../testing/operations.ts';
import type { Person } from '../../testing/people.ts';
import { openPushStage, type PushStage } from '../../testing/push-stage.ts';
import { docsOf, openStream, pull, push } from '../../testing/sync-client.ts';

let stage: PushStage;
let database: PushStage['database'];
let student: Person;
let device: Client;
let note: PushStage['note'];
let isStored: PushStage['isStored'];

beforeAll(async () => {
  stage = await openPushStage();
  ({ database, student, device, note, isStored } = stage);
});
afterAll(() => stage.close());

test('what comes after an operation is judged once that has its verdict, and not before', async () => {
  const [first, second] = [note(), note()];
  expect(await push(device, [second], { after: first.op })).toEqual([]);
  expect(await isStored(second.id)).toBe(false);
  expect(await push(device, [first])).toMatchObject([{ s: 'ok' }]);
  expect(await push(device, [second], { after: first.op.toUpperCase() })).toMatchObject([{ op: second.op, s: 'ok' }]);
  expect(await isStored(second.id)).toBe(true);
});

test('while the rows of one answer are read the next push of the person is judged', async () => {
  const [first, second] = [note(), note()];
  const held = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const connect = database.people.connect.bind(database.people) as () => Promise<PoolClient>;
  let times = 0;
  const connecting = vi.spyOn(database.people, 'connect').mockImplementation((async () => {
    times += 1;
    // The first is for judging, the second for what its writer is told.
    if (times !== 2) return connect();
    asked.resolve();
    await held.promise;
    return connect();
  }) as never);
  let isAnswered = false;
  const answer = push(device, [first]).finally(() => (isAnswered = true));
  await asked.promise;
  expect(await push(device, [second], { after: first.op })).toMatchObject([{ op: second.op, s: 'ok' }]);
  expect(isAnswered).toBe(false);
  held.resolve();
  expect(await answer).toMatchObject([{ op: first.op, s: 'ok' }]);
  connecting.mockRestore();
});

test('a refusal is a verdict, to wait is none', async () => {
  const [refused, second, third] = [note({ lesson_id: randomUUID() }), note(), note()];
  expect(await push(device, [refused])).toMatchObject([{ s: 'refused' }]);
  expect(await push(device, [second], { after: refused.op })).toMatchObject([{ s: 'ok' }]);
  const waits = stage.work({ file_ids: [randomUUID()] });
  expect(await push(device, [waits])).toMatchObject([{ s: 'wait' }]);
  expect(await push(device, [third], { after: waits.op })).toEqual([]);
});

test('another person’s verdict is none for this one', async () => {
  const [theirs, own] = [note(), note()];
  await push(await stage.signIn(await stage.stranger()), [theirs]);
  expect(await push(device, [own], { after: theirs.op })).toEqual([]);
});

test('many that are sent at once, each after the one before, are judged in their order whoever comes first', async () => {
  const made = note({ body: '0' });
  const { id } = made;
  const edits = [made];
  for (let at = 1; at < 6; at += 1)
    edits.push(operation('lesson_notes', id, { base: edits.at(-1)!.op, set: { body: String(at) } }));
  const left = new Set(edits.keys());
  while (left.size > 0)
    // The last ones first.
    await Promise.all(
      [...left].toReversed().map(async (at) => {
        const verdicts = await push(device, [edits[at]], at > 0 ? { after: edits[at - 1]!.op } : {});
        if (verdicts[0]?.s === 'ok') left.delete(at);
        else expect(verdicts).toEqual([]);
      }),
    );
  const { rows } = await database.server.query('select body, v from lesson_notes where id = $1', [id]);
  expect(rows).toEqual([{ body: '5', v: edits.at(-1)!.op }]);
  // A merge of edits that did not follow each other would have kept a text as a copy.
  expect((await database.server.query('select from lesson_notes where copy_of = $1', [id])).rowCount).toBe(0);
});

test('this device’s stream tells of a push in parts when the last one is through, others’ at once', async () => {
  const second = await stage.signIn(student);
  const { checkpoint } = await pull(device, null);
  const own = await openStream(device, checkpoint);
  const other = await openStream(second, (await pull(second, null)).checkpoint);
  await Promise.all([own, other].map((stream) => stream.until((frames) => frames.some(({ t }) => t === 'cp'))));
  const heard = (stream: typeof own, { id }: { id: string }) => docsOf(stream.frames).some((doc) => doc.id === id);
  const [first, last] = [note(), note()];
  await push(device, [first], { more: true });
  await other.until(() => heard(other, first));
  expect(heard(own, first)).toBe(false);
  await push(device, [last]);
  await own.until(() => heard(own, first) && heard(own, last));
  await Promise.all([own.close(), other.close()]);
});

test('one that said it would go on and does not is told all the same', async () => {
  const stream = await openStream(device, (await pull(device, null)).checkpoint);
  await stream.until((frames) => frames.some(({ t }) => t === 'cp'));
  const only = note();
  await push(device, [only], { more: true });
  await stream.until((frames) => docsOf(frames).some(({ id }) => id === only.id));
  await stream.close();
});
