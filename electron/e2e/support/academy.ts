import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type pg from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../../sync-server/db/embedded-postgres.ts';
import { buildTemplate, createTestDatabase, type TestDatabase } from '../../../sync-server/testing/test-database.ts';
import { appFolder } from './app-folder.ts';
import { startPushDropper } from './push-dropper.ts';

const root = path.resolve(import.meta.dirname, '../../..');
/** The password of everybody in the small academy; it exists for the length of a test. */
export const password = 'a long enough pass phrase';

/** A running server with the small academy, on a database of its own. */
export type Academy = {
  url: string;
  /** Owner login, for looking at what really arrived. */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  filesDir: string;
  /** Ends the server as a power cut would and starts it again on the same port and data. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
};

let shared: Promise<EmbeddedPostgres> | null = null;

/** One Postgres per test process; every academy gets a copy of its migrated template. */
async function sharedPostgres(): Promise<EmbeddedPostgres> {
  shared ??= (async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'growth-e2e-pg-'));
    const postgres = await startEmbeddedPostgres({ directory, fsync: false, maxConnections: 200 });
    process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
    await buildTemplate(postgres.url);
    return postgres;
  })();
  return shared;
}

/** Stops the Postgres behind all academies; for programs that end themselves. */
export async function stopSharedPostgres(): Promise<void> {
  await (await shared)?.stop();
  shared = null;
}

export async function startAcademy({
  breakSync = false,
  env = {},
}: { breakSync?: boolean; env?: Record<string, string> } = {}): Promise<Academy> {
  const postgres = await sharedPostgres();
  const database: TestDatabase = await createTestDatabase(postgres.url);
  const filesDir = mkdtempSync(path.join(tmpdir(), 'growth-e2e-files-'));
  let running = await startServer(database.url, filesDir, 0, env);
  const port = Number(new URL(running.url).port);
  const dropper = breakSync ? await startPushDropper(running.url) : null;
  return {
    url: dropper?.url ?? running.url,
    filesDir,
    query: async (text, values) => (await database.server.query(text, values)).rows,
    async kill() {
      const exited = once(running.child, 'exit');
      running.child.kill('SIGKILL');
      await exited;
    },
    async restart() {
      running = await startServer(database.url, filesDir, port, env);
    },
    async stop() {
      await dropper?.close();
      if (running.child.exitCode === null && running.child.signalCode === null) {
        const exited = once(running.child, 'exit');
        running.child.stdin?.end();
        const timer = setTimeout(() => running.child.kill('SIGKILL'), 10_000);
        await exited;
        clearTimeout(timer);
      }
      await database.drop();
      rmSync(filesDir, { recursive: true, force: true });
    },
  };
}

async function startServer(
  databaseUrl: string,
  filesDir: string,
  port: number,
  env: Record<string, string>,
): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, [path.join(root, 'sync-server/testing/main.ts')], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      API_DATABASE_URL: '',
      FILES_DIR: filesDir,
      WEB_DIR: env.WEB_DIR ?? path.join(appFolder(), 'out/renderer'),
      PORT: String(port),
      E2E_PASSWORD: password,
      ...env,
    },
  });
  let trouble = '';
  child.stderr?.on('data', (text: Buffer) => {
    trouble = (trouble + text.toString()).slice(-4000);
    if (process.env.E2E_VERBOSE) process.stderr.write(text);
  });
  const lines = createInterface({ input: child.stdout! });
  const [line] = await Promise.race([
    once(lines, 'line') as Promise<[string]>,
    once(child, 'exit').then(() => Promise.reject(new Error(`the server ended at its start:\n${trouble}`))),
  ]);
  return { url: (JSON.parse(line) as { url: string }).url, child };
}
