import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type Session, type SupabaseClient } from '@supabase/supabase-js';
import type { FastifyInstance } from 'fastify';
import pino, { type Logger } from 'pino';
import { anonKey } from '#contract/api/identity.ts';
import { protocolVersion, syncHeaders } from '#contract/protocol.ts';
import { buildApp } from '../app.ts';
import { readConfig } from '../config.ts';
import type { Clock, Deps } from '../deps.ts';
import { createDrain } from '../http/drain.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { settleHome } from '../settle-home.ts';
import type { TestDatabase } from './test-database.ts';

/** A person signed in on one device, and how that device speaks to the server. */
export type Client = {
  supabase: SupabaseClient;
  session: Session;
  userId: string;
  deviceId: string;
  /** Calls the server as this device: bearer token, device and protocol headers; `body` goes as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
};

export type TestServer = {
  url: string;
  app: FastifyInstance;
  deps: Deps;
  /** Signs in with the real supabase-js; throws its error. Without `deviceId` it is a new device. */
  signIn(email: string, password: string, deviceId?: string): Promise<Client>;
  close(): Promise<void>;
};

export type TestServerOptions = {
  clock?: Clock;
  /** Default: a silent logger. */
  log?: Logger;
  /** More settings, by the names of the environment. */
  env?: Record<string, string>;
};

/** A listening server on a free port over this test database. Close it before the database is dropped. */
export async function startServer(database: TestDatabase, options: TestServerOptions = {}): Promise<TestServer> {
  const files = await mkdtemp(join(tmpdir(), 'growth-os-files-'));
  const { server, people, serverKey } = database;
  const config = readConfig({
    DATABASE_URL: database.url,
    PORT: '0',
    FILES_DIR: files,
    LOG_LEVEL: 'silent',
    ...options.env,
  });
  const clock = options.clock ?? { now: () => new Date() };
  const deps: Deps = {
    config,
    server,
    people,
    serverKey,
    clock,
    log: options.log ?? pino({ level: 'silent' }),
    metrics: createMetrics(),
    drain: createDrain(),
  };
  if (config.SUPABASE_URL) await settleHome(deps);
  const app = await buildApp(deps);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  return {
    url,
    app,
    deps,
    signIn: (email, password, deviceId) => signInAt(url, email, password, deviceId),
    async close() {
      await app.close();
      await rm(files, { recursive: true, force: true });
    },
  };
}

/** supabase-js as a device uses it, with nobody signed in and nothing running in the background. */
export const createSupabase = (url: string, deviceId?: string): SupabaseClient =>
  createClient(url, anonKey, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: { headers: deviceId ? deviceHeadersOf(deviceId) : {} },
  });

const deviceHeadersOf = (deviceId: string): Record<string, string> => ({
  [syncHeaders.device]: deviceId,
  'x-device-label': 'Test device',
  'x-device-platform': 'linux',
  'x-app-version': '0.1.0',
});

/** Signs in on a new device, or on the one named, at a server that runs anywhere; throws supabase-js's error. */
export async function signInAt(
  url: string,
  email: string,
  password: string,
  deviceId: string = randomUUID(),
): Promise<Client> {
  const supabase = createSupabase(url, deviceId);
  const { data, error } = await supabase.auth.signInWithPassword({ email, password });
  if (error) throw error;
  const { session } = data;
  const call: Client['call'] = (method, path, body, headers = {}) =>
    fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${session.access_token}`,
        [syncHeaders.protocol]: String(protocolVersion),
        [syncHeaders.device]: deviceId,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return { supabase, session, userId: session.user.id, deviceId, call };
}
