import { createHmac, randomUUID } from 'node:crypto';
import { generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anonKey } from '#contract/api/identity.ts';
import { createSigningKeys } from '../http/signing-keys.ts';
import { createSupabase, type Client } from '../testing/api-client.ts';
import { doors, knock } from './doors.fixture.ts';
import { openStage, password, type Stage } from './stage.fixture.ts';

/** Tokens that nobody was given, at every door. */

let stage: Stage;
let ayesha: Client;
const forged = new Map<string, string>();

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

beforeAll(async () => {
  stage = await openStage();
  ayesha = await stage.signIn('ayesha');
  const token = ayesha.session.access_token;
  const [head, body, signature] = token.split('.') as [string, string, string];
  const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string };
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as JWTPayload;
  const keys = createSigningKeys(stage.database.server);
  const { privateKey } = await keys.current();
  const foreign = (await generateKeyPair('ES256')).privateKey;
  const sign = (payload: JWTPayload, key = privateKey, kid = header.kid) =>
    new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid, typ: 'JWT' }).sign(key);
  const published = (await (await fetch(`${stage.server.url}/auth/v1/.well-known/jwks.json`)).json()) as {
    keys: object[];
  };
  const shared = (secret: string) => {
    const text = `${part({ alg: 'HS256', kid: header.kid, typ: 'JWT' })}.${body}`;
    return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
  };
  const sana = (await stage.signIn('sana')).session;
  const all: Record<string, string> = {
    'the public key of the app': anonKey,
    'alg none': `${part({ alg: 'none', typ: 'JWT' })}.${body}.`,
    'alg none with its old signature': `${part({ alg: 'none', kid: header.kid, typ: 'JWT' })}.${body}.${signature}`,
    'HS256 with the published key as the secret': shared(JSON.stringify(published.keys[0])),
    'HS256 with an empty secret': shared(''),
    'the payload of a superadmin under its own signature': `${head}.${sana.access_token.split('.')[1]!}.${signature}`,
    'a foreign key with our kid': await sign(claims, foreign),
    'a foreign key with its own kid': await sign(claims, foreign, 'theirs'),
    'an expired one': await sign({ ...claims, exp: Math.floor(Date.now() / 1000) - 1 }),
    'one without an end': await sign({ ...claims, exp: undefined }),
    'one that begins later': await sign({ ...claims, nbf: Math.floor(Date.now() / 1000) + 600 }),
    'another issuer': await sign({ ...claims, iss: 'https://example.test' }),
    'another audience': await sign({ ...claims, aud: 'service_role' }),
    'another role of the protocol': await sign({ ...claims, role: 'service_role' }),
    'a person who does not exist': await sign({ ...claims, sub: randomUUID() }),
    'another person with this session': await sign({ ...claims, sub: stage.zain.id }),
    'a session that does not exist': await sign({ ...claims, session_id: randomUUID() }),
    'a subject that is no id': await sign({ ...claims, sub: `' or true --` }),
    'its refresh token': ayesha.session.refresh_token,
    'a truncated one': token.slice(0, -2),
    'three dots': '..',
    'ten thousand letters': 'x'.repeat(10_000),
  };
  for (const [name, one] of Object.entries(all)) forged.set(name, one);
});
afterAll(() => stage.close());

/** GoTrue's word for a token that is none is 403, for none at all 401. */
const refusedAt = ({ path }: (typeof doors)[number]): number => (path.startsWith('/auth/v1/') ? 403 : 401);

describe.each(doors)('$name', (door) => {
  test('lets no forged, foreign, ended or missing token in', async () => {
    for (const [name, token] of forged)
      expect([name, await knock(stage.server.url, door, token, { 'x-device-id': ayesha.deviceId })]).toEqual([
        name,
        refusedAt(door),
      ]);
    expect(await knock(stage.server.url, door, null)).toBe(401);
  });

  test('takes no token from the address, a cookie, or another header', async () => {
    const token = ayesha.session.access_token;
    const mark = door.path.includes('?') ? '&' : '?';
    for (const name of ['access_token', 'token', 'jwt', 'apikey', 'authorization']) {
      expect(await knock(stage.server.url, { ...door, path: `${door.path}${mark}${name}=${token}` }, null)).toBe(401);
    }
    const headers: Record<string, string>[] = [
      { cookie: `sb-access-token=${token}` },
      { apikey: token },
      { 'x-authorization': `Bearer ${token}` },
      { authorization: `Basic ${btoa(`x:${token}`)}` },
    ];
    for (const header of headers) expect(await knock(stage.server.url, door, null, header)).toBe(401);
  });

  test('gives a foreign site no leave to call it', async () => {
    for (const origin of [
      'https://evil.example',
      'null',
      'http://127.0.0.1:1',
      'app://growthos.evil',
      'https://growthos.app.localhost.evil.example',
      'file://',
    ]) {
      const asked = await fetch(stage.server.url + door.path, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': door.method,
          'access-control-request-headers': 'authorization',
        },
      });
      expect(asked.headers.get('access-control-allow-origin')).toBeNull();
      const called = await fetch(stage.server.url + door.path, { method: door.method, headers: { origin } });
      expect(called.headers.get('access-control-allow-origin')).toBeNull();
      expect(called.headers.get('access-control-allow-credentials')).toBeNull();
    }
  });
});

test('the good token is good at every one of these doors, so that the refusals mean something', async () => {
  for (const door of doors) {
    if (['sign-out', 'stream', 'change of password'].includes(door.name)) continue;
    expect([
      door.name,
      await knock(stage.server.url, door, ayesha.session.access_token, { 'x-device-id': ayesha.deviceId }),
    ]).not.toEqual([door.name, 401]);
  }
});

test('an operators’ door opens to no session, not even a superadmin’s', async () => {
  const sana = await stage.signIn('sana');
  for (const [method, path] of [
    ['GET', 'admin/users'],
    ['POST', 'admin/users'],
    ['PUT', `admin/users/${ayesha.userId}`],
    ['DELETE', `admin/users/${ayesha.userId}`],
    ['POST', 'admin/generate_link'],
    ['POST', 'invite'],
  ]) {
    expect((await sana.call(method!, `/auth/v1/${path!}`, method === 'GET' ? undefined : {})).status).toBe(403);
  }
});

test('a copied refresh token: reuse of one two steps old ends the copy and the original', async () => {
  const victim = await stage.signIn('zain');
  const thief = createSupabase(stage.server.url);
  const stolen = victim.session.refresh_token;
  const first = await victim.supabase.auth.refreshSession({ refresh_token: stolen });
  const second = await victim.supabase.auth.refreshSession({ refresh_token: first.data.session!.refresh_token });
  expect(second.error).toBeNull();
  expect((await thief.auth.refreshSession({ refresh_token: stolen })).error?.code).toBe('refresh_token_already_used');
  const { access_token, refresh_token } = second.data.session!;
  expect((await victim.supabase.auth.refreshSession({ refresh_token })).error).not.toBeNull();
  for (const door of doors)
    expect([door.name, await knock(stage.server.url, door, access_token, { 'x-device-id': victim.deviceId })]).toEqual([
      door.name,
      refusedAt(door),
    ]);
});

test('a session is worth nothing under the name of another device', async () => {
  for (const door of doors.filter(({ path }) => path.startsWith('/sync/'))) {
    for (const device of [randomUUID(), 'x', ''])
      expect([403, 422]).toContain(
        await knock(stage.server.url, door, ayesha.session.access_token, { 'x-device-id': device }),
      );
    expect([403, 422]).toContain(await knock(stage.server.url, door, ayesha.session.access_token));
  }
  await expect(stage.server.signIn('ayesha@falcon.academy', `${password}x`)).rejects.toThrow();
});
