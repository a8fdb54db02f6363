import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startEmbeddedPostgres } from './embedded-postgres.ts';

let directory: string;
beforeEach(() => (directory = mkdtempSync(path.join(tmpdir(), 'embedded-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));

const pidFile = () => path.join(directory, 'cluster/postmaster.pid');
const serverPid = () => Number(readFileSync(pidFile(), 'utf8').split('\n')[0]);
const start = () => startEmbeddedPostgres({ directory, fsync: false });

async function ask<Row extends pg.QueryResultRow>(url: string, statement: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  // A server that is killed under the client is what some of these tests are about.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}

/** A server stands in its data folder; one that ended but was not yet asked for by its parent stands nowhere. */
function isRunning(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(path.join(directory, 'cluster'));
  } catch {
    // No such process.
    return false;
  }
}

/** A program like ours that starts a server and waits; it may be killed. */
async function starter(): Promise<ChildProcess> {
  const module = JSON.stringify(path.join(import.meta.dirname, 'embedded-postgres.ts'));
  const script = `const { startEmbeddedPostgres } = await import(${module});
    await startEmbeddedPostgres({ directory: ${JSON.stringify(directory)}, fsync: false });
    console.log('ready');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  await once(child.stdout, 'data');
  return child;
}

test('data outlives a stop; the owner is no superuser and the folder is private', async () => {
  const first = await start();
  await ask(first.url, 'create table kept as select 7 as n');
  const [owner] = await ask(first.url, 'select rolsuper from pg_roles where rolname = current_user');
  expect(owner).toEqual({ rolsuper: false });
  await first.stop();
  expect(existsSync(pidFile())).toBe(false);
  const second = await start();
  expect(await ask(second.url, 'select n from kept')).toEqual([{ n: 7 }]);
  await second.stop();
  expect(statSync(path.join(directory, 'password')).mode & 0o777).toBe(0o600);
  expect(statSync(path.join(directory, 'cluster')).mode & 0o077).toBe(0);
});

test('nobody gets in without the password', async () => {
  const server = await start();
  const url = new URL(server.url);
  url.password = 'guess';
  await expect(ask(url.href, 'select 1')).rejects.toThrow('password authentication failed');
  await server.stop();
});

test('a starter that is killed takes its server along', async () => {
  const child = await starter();
  const pid = serverPid();
  child.kill('SIGKILL');
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false), 10_000);
  const next = await start();
  await next.stop();
});

test('a server left behind by a killed watcher is stopped at the next start, and its data is there', async () => {
  const first = await start();
  await ask(first.url, 'create table kept as select 7 as n');
  const pid = serverPid();
  const watcher = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[1]);
  process.kill(watcher, 'SIGKILL');
  await first.ended;
  expect(isRunning(pid)).toBe(true);
  const second = await start();
  expect(isRunning(pid)).toBe(false);
  expect(await ask(second.url, 'select n from kept')).toEqual([{ n: 7 }]);
  await second.stop();
});

test('a killed server is noticed, and the next start recovers', async () => {
  const first = await start();
  await ask(first.url, 'create table kept as select 7 as n');
  process.kill(serverPid(), 'SIGKILL');
  await first.ended;
  const second = await start();
  expect(await ask(second.url, 'select n from kept')).toEqual([{ n: 7 }]);
  await second.stop();
});

test('a pid file whose number now belongs to another program stops nobody', async () => {
  await (await start()).stop();
  writeFileSync(pidFile(), `${process.pid}\n${path.join(directory, 'cluster')}\n`);
  const server = await start();
  await server.stop();
});

test('a first start that was killed half-way is begun again', async () => {
  mkdirSync(path.join(directory, 'cluster.new/base'), { recursive: true });
  writeFileSync(path.join(directory, 'password'), 'old\n');
  const server = await start();
  await server.stop();
});

test('a taken port is an error that says so', async () => {
  const first = await start();
  const other = mkdtempSync(path.join(tmpdir(), 'embedded-'));
  const second = startEmbeddedPostgres({ directory: other, port: first.port, fsync: false });
  await expect(second).rejects.toThrow(`Port ${first.port} belongs to another Postgres.`);
  await first.stop();
  rmSync(other, { recursive: true });
});
