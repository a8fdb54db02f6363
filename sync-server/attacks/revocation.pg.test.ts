import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LessonDownloadResponse, LessonMediaResponse } from '#contract/api/media.ts';
import type { Client } from '../testing/api-client.ts';
import { openStream, pull, type OpenStream } from '../testing/sync-client.ts';
import { doors, knock } from './doors.fixture.ts';
import { e2eIds, openStage, password, type Stage } from './stage.fixture.ts';

/** Whatever ends a session ends it at every door, for what is open already too, within a second. */

let stage: Stage;
let keeper: Client;
beforeAll(async () => {
  stage = await openStage();
  keeper = await stage.signIn('sana');
});
afterAll(() => stage.close());

type Victim = { client: Client; stream: OpenStream; addresses: string[] };

/** A student in full swing: a stream open, addresses of media in hand. */
async function inFullSwing(): Promise<Victim> {
  const client = await stage.signIn('ayesha');
  const stream = await openStream(client, (await pull(client, null)).checkpoint);
  await stream.until((frames) => frames.some(({ t }) => t === 'cp'));
  const answer = async <T>(name: string) =>
    ((await (await client.call('POST', `/functions/v1/${name}`, { lesson_id: e2eIds.l1 })).json()) as { data: T }).data;
  const play = await answer<LessonMediaResponse>('lesson-media-url');
  const keep = await answer<LessonDownloadResponse>('request-lesson-download');
  const addresses = [play.url, keep.url, ...play.captions.map(({ url }) => url)];
  for (const address of addresses) expect((await fetch(address, { headers: { range: 'bytes=0-9' } })).ok).toBe(true);
  return { client, stream, addresses };
}

async function expectShut({ client, stream, addresses }: Victim, refusal: number[] = [401, 403]): Promise<void> {
  const since = performance.now();
  for (const door of doors) {
    expect([
      door.name,
      refusal.includes(
        await knock(stage.server.url, door, client.session.access_token, { 'x-device-id': client.deviceId }),
      ),
    ]).toEqual([door.name, true]);
  }
  for (const address of addresses) expect((await fetch(address)).status).toBe(401);
  await Promise.race([stream.ended, sleep(Math.max(0, 1500 - (performance.now() - since)), 'still open')]);
  expect(stream.frames.at(-1)).toMatchObject({ t: 'bye', reason: 'revoked' });
  expect(
    (await client.supabase.auth.refreshSession({ refresh_token: client.session.refresh_token })).error,
  ).not.toBeNull();
}

const rows = (statement: string, ...values: unknown[]) => stage.rows(statement, values);
const elsewhere = () => stage.signIn('ayesha');
/** In this order: after the last one the academy's password is not hers any more. */
const endings: Record<string, (victim: Victim) => Promise<unknown>> = {
  'signing out': ({ client }) => client.call('POST', '/auth/v1/logout?scope=local'),
  'signing out everywhere, on another device': async () =>
    (await elsewhere()).call('POST', '/auth/v1/logout?scope=global'),
  'the device signed out from afar': async ({ client }) =>
    (await elsewhere()).call(
      'POST',
      '/functions/v1/revoke-device',
      { device_id: client.deviceId },
      { 'idempotency-key': randomUUID() },
    ),
  'all sessions of the account ended': ({ client }) =>
    rows('update users set sessions_revoked_at = now() where id = $1', client.userId),
  'a change of password on another device': async () =>
    (await elsewhere()).call('PUT', '/auth/v1/user', { password: `${password} again` }),
};

test('a block of the account', async () => {
  const victim = await inFullSwing();
  await rows('update users set login_blocked = true where id = $1', victim.client.userId);
  await expectShut(victim, [403]);
  await rows('update users set login_blocked = false where id = $1', victim.client.userId);
});

test.for(Object.keys(endings))('%s', async (name) => {
  const victim = await inFullSwing();
  await endings[name]!(victim);
  await expectShut(victim);
});

test('a change of role ends the stream and gives the new rights only', async () => {
  const dua = await stage.signIn('dua');
  const before = await pull(dua, null);
  const stream = await openStream(dua, before.checkpoint);
  await stream.until((frames) => frames.some(({ t }) => t === 'cp'));
  await rows("update users set role = 'enrollment_manager' where id = $1", dua.userId);
  const since = performance.now();
  await Promise.race([stream.ended, sleep(1500)]);
  expect(stream.frames.at(-1)).toMatchObject({ t: 'bye', reason: 'revoked' });
  expect(performance.now() - since).toBeLessThan(1500);
  expect((await dua.call('POST', '/functions/v1/lesson-media-url', { lesson_id: e2eIds.l1 })).status).toBe(403);
});

test('sessions of others go on', async () => {
  expect(
    await knock(stage.server.url, doors[0]!, keeper.session.access_token, { 'x-device-id': keeper.deviceId }),
  ).toBe(200);
});
