import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSupabase, type Client } from '../testing/api-client.ts';
import { openStream, pull, type OpenStream } from '../testing/sync-client.ts';
import { e2eIds, openStage, password, type Stage } from './stage.fixture.ts';

/** One person who asks for more than a person can need. */

let stage: Stage;
const streams: OpenStream[] = [];
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => {
  for (const stream of streams) await stream.close();
  await stage.close();
});

test('a person who opens stream after stream under ever new names of devices keeps sixteen, and slows nobody', async () => {
  const supabase = createSupabase(stage.server.url);
  const { data } = await supabase.auth.signInWithPassword({ email: 'ayesha@falcon.academy', password });
  // A session that named no device at its sign-in may call itself what it likes.
  const { access_token } = data.session!;
  const call: Client['call'] = (method, path, body) =>
    fetch(stage.server.url + path, {
      method,
      headers: {
        authorization: `Bearer ${access_token}`,
        'sync-protocol': '1',
        'x-device-id': randomUUID(),
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
  const bilal = await stage.signIn('bilal');
  const watching = await openStream(bilal, (await pull(bilal, null)).checkpoint);
  streams.push(watching);
  for (let at = 0; at < 40; at++) streams.push(await openStream({ call } as Client, null));
  const own = streams.slice(1);
  await Promise.all(own.slice(0, 24).map(({ ended }) => ended));
  expect(own.filter(({ frames }) => frames.at(-1)?.t === 'bye')).toHaveLength(24);
  await stage.rows("update courses set title = 'Retitled while they knock' where id = $1", [e2eIds.c1]);
  await watching.until((frames) => JSON.stringify(frames).includes('Retitled while they knock'), 3000);
  await own[39]!.until((frames) => JSON.stringify(frames).includes('Retitled while they knock'), 3000);
});

test('commands have a limit by the minute, for one person and not for others', async () => {
  const ayesha = await stage.signIn('ayesha');
  const statuses = await Promise.all(
    Array.from({ length: 70 }, async () => (await ayesha.call('POST', '/functions/v1/whoami', {})).status),
  );
  expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(5);
  expect((await (await stage.signIn('bilal')).call('POST', '/functions/v1/whoami', {})).status).toBe(200);
});
