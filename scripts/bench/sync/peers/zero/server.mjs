/** Zero's cache over a PostgreSQL of its own, which holds the documents as rows. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { freePort, readDocuments, serveParent } from '../task.mjs';

const { file, count, databaseUrl, directory } = JSON.parse(process.argv[2]);
const here = import.meta.dirname;
const program = (name) => realpathSync(path.join(here, 'node_modules/.bin', name));
const columns = ['id', 'type', 'v', 'user_id', 'lesson_id', 'at_seconds', 'body', 'copy_of', 'client_at', 'created_at'];

const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
pool.on('error', () => undefined);
await fill();
const port = await freePort();
mkdirSync(directory, { recursive: true });
const env = {
  ...process.env,
  DO_NOT_TRACK: '1',
  NODE_ENV: 'development',
  ZERO_UPSTREAM_DB: databaseUrl,
  ZERO_CVR_DB: databaseUrl,
  ZERO_CHANGE_DB: databaseUrl,
  ZERO_REPLICA_FILE: path.join(directory, 'replica.db'),
  ZERO_PORT: String(port),
  ZERO_CHANGE_STREAMER_PORT: String(await freePort()),
  ZERO_LOG_LEVEL: 'warn',
  ZERO_NUM_SYNC_WORKERS: '2',
  ZERO_ADMIN_PASSWORD: 'bench',
  ZERO_AUTH_SECRET: 'bench',
  ZERO_ENABLE_TELEMETRY: 'false',
  ZERO_LAZY_STARTUP: 'false',
};
const schema = path.join(here, 'schema.ts');
const deployed = spawnSync(
  process.execPath,
  [program('zero-deploy-permissions'), '--schema-path', schema, '--upstream-db', databaseUrl, '--force'],
  { env, cwd: here, encoding: 'utf8' },
);
if (deployed.status !== 0) throw new Error(`Zero takes no permissions: ${deployed.stdout}${deployed.stderr}`);
const logFile = path.join(directory, 'zero.log');
const log = openSync(logFile, 'w');
// Its workers are processes; a group of their own lets them all be ended.
const cache = spawn(process.execPath, [program('zero-cache')], {
  env,
  cwd: directory,
  stdio: ['ignore', log, log],
  detached: true,
});
const group = -Number(cache.pid);
await untilReady();
serveParent({ port, pid: cache.pid }, counted, end);

async function fill() {
  await pool.query(
    `create table notes (id text primary key, type text, v text, user_id text, lesson_id text, at_seconds float8,
       body text, copy_of text, client_at text, created_at text)`,
  );
  const documents = readDocuments(file, count);
  for (let from = 0; from < count; from += 5000) {
    await pool.query(
      `insert into notes select ${columns.join(', ')} from json_populate_recordset(null::notes, $1::json)`,
      [JSON.stringify(documents.slice(from, from + 5000))],
    );
  }
  await pool.query('vacuum analyze notes');
}

async function untilReady() {
  for (const until = Date.now() + 90_000; Date.now() < until && cache.exitCode === null; await pause(100)) {
    const answer = await fetch(`http://127.0.0.1:${port}/keepalive`).catch(() => null);
    await answer?.arrayBuffer();
    // It answers a little before it serves.
    if (answer?.ok) return pause(1000);
  }
  throw new Error(`Zero did not start: ${readFileSync(logFile, 'utf8').slice(-1000)}`);
}

async function counted() {
  const { rows } = await pool.query('select count(*)::int as count from notes');
  return rows[0].count;
}

async function end() {
  const ended = once(cache, 'exit');
  process.kill(group, 'SIGTERM');
  await Promise.race([ended, pause(4000)]);
  try {
    process.kill(group, 'SIGKILL');
  } catch {
    // All of them have ended already.
  }
  await pool.end();
}
