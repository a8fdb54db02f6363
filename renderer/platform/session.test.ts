import { describe, expect, it } from 'vitest';
import { authErrorStatus, type AuthErrorCode } from '#contract/api/identity.ts';
import { createFakeDesktop } from '../testing/fake-desktop.ts';
import { proxyPage } from '../testing/fake-server.ts';
import { createClock } from './clock.ts';
import { NetworkError, SessionExpiredError } from './errors.ts';
import { createSession, type Session } from './session.ts';
import {
  desktopVault,
  memoryVault,
  rememberKeep,
  webSessionMs,
  webVault,
  type SessionRecord,
  type SessionVault,
} from './session-record.ts';

const userId = '0192f000-0000-7000-8000-000000000001';
const hour = 3_600_000;

class MemoryStorage implements Storage {
  private readonly items = new Map<string, string>();
  get length(): number {
    return this.items.size;
  }
  clear = (): void => this.items.clear();
  getItem = (name: string): string | null => this.items.get(name) ?? null;
  key = (index: number): string | null => [...this.items.keys()][index] ?? null;
  removeItem = (name: string): void => void this.items.delete(name);
  setItem = (name: string, value: string): void => void this.items.set(name, value);
}

const record = (over: Partial<SessionRecord> = {}): SessionRecord => ({
  user: { id: userId, email: 'ayesha@example.test', full_name: 'Ayesha' },
  role: 'student',
  device_id: '0192f000-0000-7000-8000-0000000000d1',
  access_token: 'access-0',
  refresh_token: 'refresh-0',
  expires_at: Date.now() + hour,
  forget_at: null,
  refused: null,
  lease_until: null,
  ...over,
});

const authError = (code: AuthErrorCode, headers: Record<string, string> = {}): Response =>
  Response.json(
    { success: false, code, error_code: code, msg: code, error: code, requestId: 'r' },
    { status: authErrorStatus[code], headers },
  );

/** A server that signs in and refreshes; `instead` answers first where it is set. */
type AuthServer = {
  instead: ((path: string) => Response | undefined | Promise<Response | undefined>) | null;
  refreshes: number;
  signedOut: number;
  fetch: typeof fetch;
};
function authServer(): AuthServer {
  const server: AuthServer = {
    instead: null,
    refreshes: 0,
    signedOut: 0,
    fetch: async (input, init) => {
      const url = new URL(String(input));
      const path = url.pathname + url.search;
      const other = await server.instead?.(path);
      if (other) return other;
      const token = (n: string) => ({
        access_token: `access-${n}`,
        refresh_token: `refresh-${n}`,
        expires_in: 900,
        token_type: 'bearer',
        user: { id: userId, email: 'ayesha@example.test' },
      });
      if (path.includes('grant_type=refresh_token')) return Response.json(token(String((server.refreshes += 1))));
      if (path.includes('grant_type=password')) {
        const { password } = JSON.parse(String(init?.body)) as { password: string };
        return password === 'right'
          ? Response.json(token('p'))
          : authError('invalid_credentials', { 'retry-after': '60' });
      }
      if (path === '/functions/v1/whoami') {
        return Response.json({
          success: true,
          data: {
            id: userId,
            email: 'ayesha@example.test',
            full_name: 'Ayesha',
            role: 'student',
            lms_status: 'active',
            lms_status_reason: null,
            restricted: false,
            password_required: false,
            session_id: userId,
            aal: 'aal1',
            second_step: 'none',
            device_id: null,
            server_time: '2026-11-22T10:00:00.000Z',
            lease_until: '2027-01-01T00:00:00.000Z',
            protocol: { current: 1, oldest_pulled: 1 },
          },
        });
      }
      if (path.startsWith('/auth/v1/logout')) {
        server.signedOut += 1;
        return new Response(null, { status: 204 });
      }
      return Response.json({}, { status: 404 });
    },
  };
  return server;
}

async function sessionWith(vault: SessionVault, fetcher: typeof fetch): Promise<Session> {
  const storage = new MemoryStorage();
  const session = createSession({
    vault,
    storage,
    desktop: null,
    clock: createClock(storage, { wall: () => Date.now(), monotonic: () => performance.now() }),
    fetch: fetcher,
    serverUrl: async () => 'http://server.test',
  });
  await session.restore();
  return session;
}
async function connectionOf(session: Session) {
  const connection = await session.connection();
  if (!connection) throw new Error('nobody is signed in');
  return connection;
}

describe('who is at work', () => {
  it('is known from the device’s record, without any network', async () => {
    const never: typeof fetch = () => {
      throw new Error('the network was asked');
    };
    const session = await sessionWith(memoryVault(record({ expires_at: Date.now() - hour })), never);
    expect(session.getState()).toMatchObject({ state: 'signed-in', user: { full_name: 'Ayesha' }, role: 'student' });
    expect((await connectionOf(session)).expired()).toBe(false);
  });

  it('nobody, where there is no record or one that cannot be read', async () => {
    const tab = new MemoryStorage();
    tab.setItem('growthos.session', '{"user":');
    const session = await sessionWith(webVault(tab, new MemoryStorage()), authServer().fetch);
    expect(session.getState()).toMatchObject({ state: 'none', user: null });
  });

  it('says what went wrong at sign-in, and keeps what the server said about waiting', async () => {
    const server = authServer();
    const session = await sessionWith(memoryVault(), server.fetch);
    expect(await session.getState().signIn('ayesha@example.test', 'wrong')).toEqual({
      ok: false,
      code: 'invalid_credentials',
      retryAfter: 60,
    });
    server.instead = () => Promise.reject(new TypeError('Failed to fetch'));
    expect(await session.getState().signIn('ayesha@example.test', 'right')).toMatchObject({
      ok: false,
      code: 'network',
    });
    for (const status of [200, 401, 403, 429, 502]) {
      server.instead = () => proxyPage(status);
      expect(await session.getState().signIn('ayesha@example.test', 'right')).toMatchObject({
        ok: false,
        code: 'network',
      });
    }
    server.instead = null;
    expect(await session.getState().signIn(' Ayesha@Example.test ', 'right')).toEqual({ ok: true });
    expect(session.getState()).toMatchObject({ state: 'signed-in', role: 'student' });
  });
});

describe('the access token', () => {
  it('is refreshed once for all who ask, before it ends', async () => {
    const server = authServer();
    const vault = memoryVault(record({ expires_at: Date.now() + 30_000 }));
    const connection = await connectionOf(await sessionWith(vault, server.fetch));
    expect(await Promise.all([connection.accessToken(), connection.accessToken(), connection.accessToken()])).toEqual([
      'access-1',
      'access-1',
      'access-1',
    ]);
    expect(server.refreshes).toBe(1);
    expect((await vault.read())?.refresh_token).toBe('refresh-1');
    expect(await connection.accessToken()).toBe('access-1');
    expect(await connection.accessToken({ fresh: true })).toBe('access-2');
  });

  it('takes what another tab has refreshed already', async () => {
    const server = authServer();
    const vault = memoryVault(record({ expires_at: 0 }));
    const connection = await connectionOf(await sessionWith(vault, server.fetch));
    await vault.write(record({ access_token: 'from the other tab', refresh_token: 'other' }));
    expect(await connection.accessToken()).toBe('from the other tab');
    expect(server.refreshes).toBe(0);
  });

  it('never writes over the record of somebody who signed in in another tab', async () => {
    const server = authServer();
    const vault = memoryVault(record({ expires_at: 0 }));
    const connection = await connectionOf(await sessionWith(vault, server.fetch));
    const other = record({
      user: { id: '0192f000-0000-7000-8000-000000000002', email: 'zain@example.test', full_name: 'Zain' },
      refresh_token: 'of Zain',
    });
    await vault.write(other);
    expect(await connection.accessToken()).toBe('access-1');
    expect(await vault.read()).toEqual(other);
    expect(await connection.accessToken({ fresh: true })).toBe('access-2');
  });

  const foreign: [string, () => Response | Promise<Response>][] = [
    ['no network', () => Promise.reject(new TypeError('Failed to fetch'))],
    ...[200, 400, 401, 403, 404, 429, 500, 502].map((status): [string, () => Response] => [
      `a proxy’s page with ${status}`,
      () => proxyPage(status),
    ]),
    ['a proxy’s JSON with 401', () => Response.json({ error: 'unauthorized', code: 'proxy_auth' }, { status: 401 })],
    ['a proxy’s JSON with 200', () => Response.json({ hello: 'world' })],
    ['our own server that is busy', () => authError('request_timeout', { 'retry-after': '3' })],
    ['a token our server does not know now', () => authError('bad_jwt')],
  ];
  it.each(foreign)('is not there with %s, but the session stays', async (_, answer) => {
    const server = authServer();
    const vault = memoryVault(record({ expires_at: 0 }));
    const session = await sessionWith(vault, server.fetch);
    const connection = await connectionOf(session);
    server.instead = (path) => (path.includes('refresh_token') ? answer() : undefined);
    await expect(connection.accessToken()).rejects.toBeInstanceOf(NetworkError);
    expect(session.getState().state).toBe('signed-in');
    expect((await vault.read())?.refresh_token).toBe('refresh-0');
    server.instead = null;
    expect(await connection.accessToken()).toBe('access-1');
  });

  it.each([
    ['refresh_token_not_found', 'expired'],
    ['refresh_token_already_used', 'expired'],
    ['session_not_found', 'expired'],
    ['session_expired', 'expired'],
    ['user_not_found', 'ended'],
    ['user_banned', 'ended'],
  ] as const)('ends with our own %s: %s, and the record stays', async (code, state) => {
    const server = authServer();
    const vault = memoryVault(record({ expires_at: 0 }));
    const session = await sessionWith(vault, server.fetch);
    server.instead = (path) => (path.includes('refresh_token') ? authError(code) : undefined);
    await expect((await connectionOf(session)).accessToken()).rejects.toBeInstanceOf(SessionExpiredError);
    expect(session.getState()).toMatchObject({ state, user: { id: userId } });
    const later = await sessionWith(vault, server.fetch);
    expect(later.getState().state).toBe(state);
  });
});

describe('an expired session', () => {
  const expired = (over: Partial<SessionRecord> = {}) => memoryVault(record({ refused: 'expired', ...over }));

  it('is open for work until the lease ends, by trusted time', async () => {
    const server = authServer();
    const session = await sessionWith(expired({ lease_until: '2026-11-23T10:00:00.000Z' }), server.fetch);
    const { clock } = await connectionOf(session);
    expect(session.getState().continueOffline()).toBe(false);
    clock.observe('2026-11-22T10:00:00.000Z');
    expect(session.getState().continueOffline()).toBe(true);
    expect(session.getState()).toMatchObject({ state: 'expired', offline: true });
    clock.observe('2026-11-24T10:00:00.000Z');
    expect(session.getState().continueOffline()).toBe(false);
  });

  it('takes its own person back, and nobody else while their work waits', async () => {
    const server = authServer();
    const other = '0192f000-0000-7000-8000-000000000002';
    const session = await sessionWith(
      expired({ user: { id: other, email: 'zain@example.test', full_name: 'Zain' } }),
      server.fetch,
    );
    expect(await session.getState().signIn('ayesha@example.test', 'right')).toMatchObject({
      ok: false,
      code: 'other_person',
    });
    expect(session.getState()).toMatchObject({ state: 'expired', user: { id: other } });
    const own = await sessionWith(expired(), server.fetch);
    const before = (await connectionOf(own)).deviceId;
    expect(await own.getState().signIn('ayesha@example.test', 'right')).toEqual({ ok: true });
    expect(own.getState().state).toBe('signed-in');
    expect((await connectionOf(own)).deviceId).toBe(before);
  });
});

describe('signing out', () => {
  it('waits for the queue, and stays where it could not be sent', async () => {
    const server = authServer();
    const session = await sessionWith(memoryVault(record()), server.fetch);
    const connection = await connectionOf(session);
    const asked: string[] = [];
    let sent = false;
    connection.onSignOut(async (mode) => {
      asked.push(mode);
      return sent || mode === 'discard';
    });
    expect(await session.getState().signOut('sync')).toEqual({ ok: false, reason: 'not_sent' });
    expect(session.getState().state).toBe('signed-in');
    sent = true;
    expect(await session.getState().signOut('sync')).toEqual({ ok: true });
    expect(session.getState()).toMatchObject({ state: 'none', user: null });
    expect(server.signedOut).toBe(1);
    expect(asked).toEqual(['sync', 'sync']);
    await expect(connection.accessToken()).rejects.toBeInstanceOf(SessionExpiredError);
  });

  it('works without a network too', async () => {
    const server = authServer();
    const session = await sessionWith(memoryVault(record()), server.fetch);
    server.instead = () => Promise.reject(new TypeError('Failed to fetch'));
    expect(await session.getState().signOut('discard')).toEqual({ ok: true });
    expect(session.getState().state).toBe('none');
  });

  it('an answer to a refresh that comes after it brings nobody back', async () => {
    const server = authServer();
    const vault = memoryVault(record({ expires_at: 0 }));
    const session = await sessionWith(vault, server.fetch);
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    server.instead = async (path) => {
      if (path.includes('refresh_token')) await held;
      return undefined;
    };
    const token = (await connectionOf(session)).accessToken();
    await session.getState().signOut('discard');
    answer();
    await expect(token).rejects.toBeInstanceOf(SessionExpiredError);
    expect(session.getState().state).toBe('none');
    expect(await vault.read()).toBeNull();
  });
});

describe('where the record lies', () => {
  it('in the browser: with the tab, or seven days where the person asked for it', async () => {
    const [tab, browser] = [new MemoryStorage(), new MemoryStorage()];
    let now = 1_000_000;
    const vault = webVault(tab, browser, () => now);
    rememberKeep(browser, false);
    await vault.write(record({ forget_at: now + webSessionMs.usual }));
    expect(tab.length).toBe(1);
    expect(await vault.read()).not.toBeNull();
    now += webSessionMs.usual;
    expect(await vault.read()).toBeNull();
    expect(tab.length).toBe(0);
    rememberKeep(browser, true);
    await vault.write(record({ forget_at: now + webSessionMs.kept }));
    expect(tab.length).toBe(0);
    now += webSessionMs.kept - 1;
    expect(await webVault(new MemoryStorage(), browser, () => now).read()).not.toBeNull();
  });

  it('on the desktop: in the operating system’s store', async () => {
    const desktop = createFakeDesktop();
    const vault = desktopVault(desktop);
    await vault.write(record());
    expect(desktop.secrets.get('session')).toContain('refresh-0');
    expect((await vault.read())?.user.full_name).toBe('Ayesha');
    await vault.clear();
    expect(await vault.read()).toBeNull();
  });
});
