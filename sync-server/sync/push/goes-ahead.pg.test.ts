import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Client } from '../../testing/api-client.ts';
import { listenIn } from '../../testing/listen-in.ts';
import { openPushStage, type PushStage } from '../../testing/push-stage.ts';
import type { Person } from '../../testing/people.ts';
import { push } from '../../testing/sync-client.ts';

const statements: string[] = [];
let stage: PushStage;
let database: PushStage['database'];
let student: Person;
let device: Client;
let note: PushStage['note'];
let isStored: PushStage['isStored'];

beforeAll(async () => {
  stage = await openPushStage();
  ({ database, student, device, note, isStored } = stage);
  listenIn(database.people, statements);
});
afterEach(() => void vi.restoreAllMocks());
afterAll(() => stage.close());

const inserts = (): string[] => statements.filter((name) => name.startsWith('insert'));

/** Holds back every answer to the question whether a session stands, until it is let go. */
function holdSessions(): { asked: Promise<void>; letGo(): void } {
  const ask = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  const query = database.server.query.bind(database.server) as (...given: unknown[]) => Promise<unknown>;
  vi.spyOn(database.server, 'query').mockImplementation((async (...given: unknown[]) => {
    if ((given[0] as { name?: string }).name !== 'live-session') return query(...given);
    ask.resolve();
    await answer.promise;
    return query(...given);
  }) as never);
  return { asked: ask.promise, letGo: answer.resolve };
}

/** Pushes once, so that the session is known; then pushes again and changes something before the session is asked for. */
async function pushWhile(change: () => Promise<unknown>) {
  await push(device, [note()]);
  const late = note();
  const sessions = holdSessions();
  statements.length = 0;
  const answer = device.call('POST', '/sync/v1/push', { ops: [late] });
  await sessions.asked;
  await vi.waitFor(() => expect(statements).toContain('sync-stored-verdicts'));
  await change();
  expect(inserts()).toEqual([]);
  sessions.letGo();
  return { response: await answer, late };
}

test('a push reads while its session is asked for, and is written when that stands', async () => {
  const { response, late } = await pushWhile(async () => undefined);
  expect(response.status).toBe(200);
  expect(await isStored(late.id)).toBe(true);
  expect(inserts()).toHaveLength(1);
});

test('of somebody who became another meanwhile nothing is written; the next push is theirs as what they are now', async () => {
  const { response, late } = await pushWhile(() =>
    database.server.query("update users set role = 'mentor' where id = $1", [student.id]),
  );
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
  expect([await isStored(late.id), inserts()]).toEqual([false, []]);
  vi.restoreAllMocks();
  await database.server.query("update users set role = 'student' where id = $1", [student.id]);
  expect(await push(device, [late])).toMatchObject([{ s: 'ok' }]);
});

test('a device that was told to forget meanwhile writes nothing', async () => {
  const wish = (at: string) =>
    database.server.query(`update devices set wipe_requested_at = ${at} where user_id = $1`, [student.id]);
  const { response, late } = await pushWhile(() => wish('now()'));
  expect([response.status, await response.json()]).toMatchObject([409, { code: 'WIPE_DUE' }]);
  expect([await isStored(late.id), inserts()]).toEqual([false, []]);
  vi.restoreAllMocks();
  await wish('null');
  expect(await push(device, [late])).toMatchObject([{ s: 'ok' }]);
});

test('of a session that was ended meanwhile nothing is written', async () => {
  const { response, late } = await pushWhile(() =>
    database.server.query('update auth_sessions set revoked_at = now() where user_id = $1', [student.id]),
  );
  expect(await response.json()).toMatchObject({ code: 'AUTH_REQUIRED', details: { reason: 'session_ended' } });
  expect([await isStored(late.id), inserts()]).toEqual([false, []]);
});

test.each([
  ['no push at all', { ops: 'none' }],
  ['an operation without a name', { ops: [{ set: {} }] }],
])('whoever is out is told that and nothing of what they sent: %s', async (_, body) => {
  const out = await stage.signIn(student);
  await push(out, [note()]);
  await database.server.query('update auth_sessions set revoked_at = now() where device_id = $1', [out.deviceId]);
  const answer = await out.call('POST', '/sync/v1/push', body);
  expect([answer.status, await answer.json()]).toMatchObject([401, { code: 'AUTH_REQUIRED' }]);
});
