import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { naturalId } from '#contract/natural-id.ts';
import { startServer, type Client } from '../../testing/api-client.ts';
import { minutesAgo, operation } from '../../testing/operations.ts';
import type { Person } from '../../testing/people.ts';
import { openPushStage, type PushStage } from '../../testing/push-stage.ts';
import { push } from '../../testing/sync-client.ts';

let stage: PushStage;
let database: PushStage['database'];
let student: Person;
let device: Client;
let lesson: string;
let column: PushStage['column'];
let signIn: PushStage['signIn'];

beforeAll(async () => {
  stage = await openPushStage();
  ({ database, student, device, lesson, column, signIn } = stage);
});
afterAll(() => stage.close());

test('of two devices the newer edit of a column wins, column by column, in whichever order they arrive', async () => {
  const person = await stage.stranger();
  const [first, second] = [await signIn(person), await signIn(person)];
  // Both wrote without knowing of the other.
  const edit = (minutes: number, set: Record<string, unknown>) =>
    operation('users', person.id, { base: randomUUID(), set, client_at: minutesAgo(minutes) });
  await push(first, [edit(10, { full_name: 'Ten minutes ago' })]);
  await push(second, [edit(20, { full_name: 'Twenty minutes ago', phone: '+923001234567' })]);
  expect(await column('users', person.id, 'full_name')).toBe('Ten minutes ago');
  expect(await column('users', person.id, 'phone')).toBe('+923001234567');
  await push(second, [edit(5, { full_name: 'Five minutes ago' })]);
  expect(await column('users', person.id, 'full_name')).toBe('Five minutes ago');
});

test('a device that said last what the row says already is not overruled by an older edit that comes in later', async () => {
  const person = await stage.stranger();
  const [first, second] = [await signIn(person), await signIn(person)];
  const name = await column('users', person.id, 'full_name');
  const edit = (minutes: number, full_name: unknown) =>
    operation('users', person.id, { base: randomUUID(), set: { full_name }, client_at: minutesAgo(minutes) });
  await push(first, [edit(5, name)]);
  await push(second, [edit(10, 'Older')]);
  expect(await column('users', person.id, 'full_name')).toBe(name);
  await push(second, [edit(3, 'Newer')]);
  expect(await column('users', person.id, 'full_name')).toBe('Newer');
});

test('an older edit does not overrule what another device said again meanwhile, though it was made over that very state', async () => {
  const person = await stage.stranger();
  const [first, second] = [await signIn(person), await signIn(person)];
  const set = (minutes: number, base: string, full_name: string) =>
    operation('users', person.id, { base, set: { full_name }, client_at: minutesAgo(minutes) });
  const written = set(30, randomUUID(), 'As it was');
  await push(first, [written]);
  await push(second, [set(5, written.op, 'As it was')]);
  await push(first, [set(10, written.op, 'Older')]);
  expect(await column('users', person.id, 'full_name')).toBe('As it was');
  await push(first, [set(3, written.op, 'Newer')]);
  expect(await column('users', person.id, 'full_name')).toBe('Newer');
});

test('nor do older edits of many rows at once', async () => {
  const [first, second] = [await signIn(student), await signIn(student)];
  const notes = Array.from({ length: 4 }, () => stage.note({ body: 'As it was' }));
  await push(first, notes);
  const edit = (minutes: number, body: string) =>
    notes.map(({ op, id }) =>
      operation('lesson_notes', id, { base: op, set: { body }, client_at: minutesAgo(minutes) }),
    );
  await push(second, edit(5, 'As it was'));
  await push(first, edit(10, 'Older'));
  for (const { id } of notes) expect(await column('lesson_notes', id, 'body')).toBe('As it was');
  await push(first, edit(3, 'Newer'));
  for (const { id } of notes) expect(await column('lesson_notes', id, 'body')).toBe('Newer');
});

test('nor where nothing of the row shows that it was said again', async () => {
  const [first, second] = [await signIn(stage.mentor), await signIn(stage.mentor)];
  const written = operation('saved_replies', randomUUID(), {
    set: { owner_id: stage.mentor.id, kind: 'review', title: 'As it was', body: 'Well done.' },
  });
  const edit = (minutes: number, base: string, title: string) =>
    operation('saved_replies', written.id, { base, set: { title }, client_at: minutesAgo(minutes) });
  await push(first, [written]);
  const again = edit(5, written.op, 'As it was');
  const [verdict] = await push(second, [again]);
  expect(verdict).toMatchObject({ s: 'ok', doc: { v: again.op } });
  await push(first, [edit(10, written.op, 'Older')]);
  expect(await column('saved_replies', written.id, 'title')).toBe('As it was');
  await push(first, [edit(3, written.op, 'Newer')]);
  expect(await column('saved_replies', written.id, 'title')).toBe('Newer');
});

test('of two devices whose clocks run ahead the one that is judged later wins, whichever push was there first', async () => {
  const person = await stage.stranger();
  const elsewhere = await startServer(database);
  const [slow, fast] = [await signIn(person), await signIn(person, elsewhere)];
  const rename = (full_name: string) =>
    operation('users', person.id, {
      base: randomUUID(),
      set: { full_name },
      client_at: new Date(Date.now() + 18_000_000).toISOString(),
    });
  const connections = holdNextConnection();
  const overtaken = push(slow, [rename('Judged last')]);
  await connections.asked;
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(connections.askedAt()));
  await push(fast, [rename('Judged first')]);
  connections.letGo();
  expect(await overtaken).toMatchObject([{ s: 'ok' }]);
  expect(await column('users', person.id, 'full_name')).toBe('Judged last');
  await elsewhere.close();
});

test('of two writes of one device the later made wins, also when its clock was set back between them', async () => {
  const person = await stage.stranger();
  const phone = await signIn(person);
  const from = (ms: number) => new Date(Date.now() + ms).toISOString();
  const first = operation('users', person.id, {
    base: randomUUID(),
    set: { full_name: 'First' },
    client_at: from(3_600_000),
  });
  await push(phone, [first]);
  // Meanwhile the server changes the row, so that the second write no longer stands on the present state.
  await database.server.query("update users set lms_status = 'complete' where id = $1", [person.id]);
  const second = operation('users', person.id, {
    base: first.op,
    set: { full_name: 'Second' },
    client_at: from(-60_000),
  });
  await push(phone, [second]);
  expect(await column('users', person.id, 'full_name')).toBe('Second');
});

test('two devices that watched apart make one row with both stretches', async () => {
  const id = naturalId('recording_views', student.id, lesson);
  const watched = (ranges: number[][], position: number) =>
    operation('recording_views', id, {
      set: {
        user_id: student.id,
        lesson_id: lesson,
        position_seconds: position,
        watched_ranges: ranges,
        duration_seconds: 600,
        last_watched_at: new Date().toISOString(),
      },
    });
  const second = await signIn(student);
  await push(device, [watched([[0, 5]], 5)]);
  const [verdict] = await push(second, [watched([[8, 12]], 12)]);
  expect(verdict).toMatchObject({
    s: 'ok',
    doc: {
      watched_ranges: [
        [0, 5],
        [8, 12],
      ],
    },
  });
});

/** Holds back the next connection that a person asks for, until it is let go. */
function holdNextConnection(): { asked: Promise<void>; askedAt(): number; letGo(): void } {
  const ask = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  let askedAt = 0;
  const connect = database.people.connect.bind(database.people);
  const spy = vi.spyOn(database.people, 'connect').mockImplementationOnce((async () => {
    askedAt = Date.now();
    ask.resolve();
    await answer.promise;
    return connect();
  }) as never);
  return {
    asked: ask.promise,
    askedAt: () => askedAt,
    letGo() {
      spy.mockRestore();
      answer.resolve();
    },
  };
}
