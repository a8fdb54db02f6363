import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { findPrivileges, programCall, type Privileges, type ProgramCall } from './embedded-postgres-binaries.ts';
import { stopLeftover } from './embedded-postgres-leftover.ts';

export type EmbeddedPostgresOptions = {
  /** Folder of ours: holds `cluster/`, `password` and `postgres.log`. Made when missing, readable by its owner alone. */
  directory: string;
  /** Port on 127.0.0.1; a free one when left out. */
  port?: number;
  /** Off only for throw-away test data: outlives a killed server, but not a killed machine. */
  fsync?: boolean;
  maxConnections?: number;
  /** Folder of `initdb` and `postgres` of another version; left out, those that the package brings. */
  programs?: string;
};

export type EmbeddedPostgres = {
  /** Login that owns the database `growth`: may create roles and databases, but is no superuser, as in production. */
  url: string;
  port: number;
  /** Settles when the server has ended, asked or not. */
  ended: Promise<void>;
  stop(): Promise<void>;
};

/** Name of the login and of the database that the embedded server keeps for the product. */
const ownerLogin = 'growth_owner';
const databaseName = 'growth';

/** Starts a real PostgreSQL on 127.0.0.1 with the data in `directory`. One caller at a time per folder. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const directory = path.resolve(options.directory);
  const cluster = path.join(directory, 'cluster');
  const privileges = { ...findPrivileges(), ...(options.programs ? { folder: options.programs } : {}) };
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (privileges.uid !== undefined) chownSync(directory, privileges.uid, privileges.gid!);
  await stopLeftover(cluster);
  const password = await createCluster(directory, cluster, privileges);
  const place = { directory, cluster, privileges, password };
  for (let attempt = 1; ; attempt++) {
    try {
      return await startServer(place, options.port ?? (await findFreePort()), options);
    } catch (error) {
      // Between finding a free port and taking it somebody else may have.
      const isTaken = /already in use|belongs to another/.test((error as Error).message);
      if (options.port !== undefined || !isTaken || attempt === 3) throw error;
    }
  }
}

type Place = { directory: string; cluster: string; privileges: Privileges; password: string };

async function startServer(place: Place, port: number, options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { directory, cluster, privileges, password } = place;
  const log = path.join(directory, 'postgres.log');
  const logged = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  const started = launch(directory, cluster, port, privileges, options);
  try {
    await waitUntilReady(started, port, password, { file: log, from: logged });
    await ensureDatabase(port, password);
  } catch (error) {
    await started.stop();
    throw error;
  }
  return { ...started, port, url: `postgres://${ownerLogin}:${password}@127.0.0.1:${port}/${databaseName}` };
}

/** Made beside its place and moved in when complete, so that a kill in the middle leaves nothing half done. */
async function createCluster(directory: string, cluster: string, privileges: Privileges): Promise<string> {
  const passwordFile = path.join(directory, 'password');
  if (existsSync(cluster)) return readFileSync(passwordFile, 'utf8').trim();
  const password = randomBytes(24).toString('base64url');
  const unfinished = `${cluster}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (privileges.uid !== undefined) chownSync(passwordFile, privileges.uid, privileges.gid!);
  // Older versions than ours have no locales of their own; there the machine's C.UTF-8 does the same.
  const locale = privileges.folder
    ? ['--locale=C.UTF-8']
    : ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const encoding = ['-E', 'UTF8', ...locale];
  const call = programCall(privileges, 'initdb', [
    ...[
      '-D',
      unfinished,
      '-U',
      'postgres',
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--no-sync',
      ...encoding,
    ],
  ]);
  const words = await runToEnd(call, directory);
  if (words !== undefined) {
    const hint = uidHint(privileges);
    throw new Error(`Postgres could not create its data in ${directory}: ${words}${hint}`);
  }
  renameSync(unfinished, cluster);
  return password;
}

function uidHint({ uid }: Privileges): string {
  if (uid === undefined) return '';
  return ` (Started by root, it runs as user ${uid}, who must be able to enter this folder: choose another, or start as another user.)`;
}

/** What the program complained of, undefined when it went well. */
async function runToEnd({ command, args, uid, gid }: ProgramCall, cwd: string): Promise<string | undefined> {
  const child = spawn(command, args, { uid, gid, cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return code === 0 ? undefined : words.trim();
}

function launch(
  directory: string,
  cluster: string,
  port: number,
  privileges: Privileges,
  { fsync = true, maxConnections = 100 }: EmbeddedPostgresOptions,
): { watcher: ChildProcess; ended: Promise<void>; stop(): Promise<void> } {
  const settings = [
    ...['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', `max_connections=${maxConnections}`],
    ...['timezone=UTC', 'log_timezone=UTC', 'jit=off', 'shared_buffers=128MB'],
    ...(fsync ? [] : ['fsync=off', 'full_page_writes=off']),
  ];
  const call = programCall(privileges, 'postgres', ['-D', cluster, ...settings.flatMap((setting) => ['-c', setting])]);
  const log = openSync(path.join(directory, 'postgres.log'), 'a', 0o600);
  const watcherFile = fileURLToPath(new URL('./embedded-postgres-watcher.ts', import.meta.url));
  const watcher = spawn(process.execPath, [watcherFile, JSON.stringify(call)], {
    stdio: ['pipe', log, log],
    detached: true,
    cwd: directory,
  });
  closeSync(log);
  const ended = new Promise<void>((resolve) => watcher.once('exit', () => resolve()));
  // Writing to a watcher that was killed must not bring the starter down; `ended` tells it.
  watcher.stdin!.on('error', () => undefined);
  const stop = async () => {
    watcher.stdin!.end();
    await ended;
    // A watcher that was killed leaves its server behind.
    await stopLeftover(cluster);
  };
  return { watcher, ended, stop };
}

/** `log` and where in it this start begins: what earlier ones complained of is not its trouble. */
async function waitUntilReady(
  started: { ended: Promise<void> },
  port: number,
  password: string,
  log: { file: string; from: number },
): Promise<void> {
  let isEnded = false;
  void started.ended.then(() => (isEnded = true));
  const until = Date.now() + 60_000;
  while (Date.now() < until && !isEnded) {
    if (await canConnect(port, password)) return;
    await pause(25);
  }
  const words = readFileSync(log.file).subarray(log.from).toString().trim().split('\n').slice(-3).join(' ');
  throw new Error(`Postgres did not start. The end of ${log.file}: ${words}`);
}

async function canConnect(port: number, password: string): Promise<boolean> {
  const client = superuser(port, password);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch (error) {
    // Wrong password means another server on this port: waiting would not help.
    if ((error as { code?: string }).code === '28P01')
      throw new Error(`Port ${port} belongs to another Postgres.`, { cause: error });
    return false;
  }
}

async function ensureDatabase(port: number, password: string): Promise<void> {
  const client = superuser(port, password);
  await client.connect();
  try {
    const login = await client.query('select from pg_roles where rolname = $1', [ownerLogin]);
    if (!login.rowCount) {
      await client.query(
        `create role ${ownerLogin} login createdb createrole password ${client.escapeLiteral(password)}`,
      );
    }
    const database = await client.query('select from pg_database where datname = $1', [databaseName]);
    if (!database.rowCount)
      await client.query(`create database ${databaseName} owner ${ownerLogin} template template0`);
  } finally {
    await client.end();
  }
}

function superuser(port: number, password: string): pg.Client {
  return new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres' });
}

/** A port that nobody listens on now. Somebody may take it before Postgres does; then the start fails in words. */
export async function findFreePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', resolve);
  });
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
