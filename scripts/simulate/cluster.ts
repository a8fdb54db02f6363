import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../sync-server/db/embedded-postgres.ts';
import { firedLine, firings } from './planting.ts';
import { typeParsers } from '../../sync-server/db/type-parsers.ts';
import { buildTemplate, createTestDatabase, type TestDatabase } from '../../sync-server/testing/test-database.ts';

const root = path.resolve(import.meta.dirname, '../..');
export const password = 'a long enough pass phrase';

type PostgresOptions = Parameters<typeof startEmbeddedPostgres>[0];

/** A real PostgreSQL that can be killed and started again, with a migrated template to copy. */
export class Cluster {
  private readonly options: PostgresOptions;
  private postgres: EmbeddedPostgres;
  private readonly academies = new Map<number, { template: string; filled: unknown }>();

  private constructor(options: PostgresOptions, postgres: EmbeddedPostgres) {
    this.options = options;
    this.postgres = postgres;
  }

  /** `programs`: the folder of another PostgreSQL than the one that comes along. */
  static async start({ programs }: { programs?: string } = {}): Promise<Cluster> {
    const directory = mkdtempSync(path.join(tmpdir(), 'growth-simulation-'));
    const options = { directory, fsync: false, maxConnections: 120, ...(programs ? { programs } : {}) };
    const postgres = await startEmbeddedPostgres(options);
    await buildTemplate(postgres.url);
    return new Cluster(options, postgres);
  }

  /** The academy of a number, made when it is first asked for, to be copied for each seed that lives through it. */
  async academy<T>(
    number: number,
    fill: (database: TestDatabase) => Promise<T>,
  ): Promise<{ template: string; filled: T }> {
    const known = this.academies.get(number) ?? (await this.make(fill));
    this.academies.set(number, known);
    return known as { template: string; filled: T };
  }

  private async make<T>(fill: (database: TestDatabase) => Promise<T>): Promise<{ template: string; filled: T }> {
    const database = await createTestDatabase(this.url);
    const filled = await fill(database);
    return { template: await database.keep(), filled };
  }

  get url(): string {
    return this.postgres.url;
  }

  /** Ends it without a chance to tidy up, as when the machine loses power, and starts it on the same data. */
  async crash(signal: 'SIGQUIT' | 'SIGKILL'): Promise<void> {
    const pid = Number(
      readFileSync(path.join(this.options.directory, 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0],
    );
    process.kill(pid, signal);
    await this.postgres.ended;
    for (let attempt = 1; ; attempt++) {
      try {
        this.postgres = await startEmbeddedPostgres({ ...this.options, port: this.postgres.port });
        return;
      } catch (error) {
        // Its children notice a moment later that it is gone.
        if (attempt === 20) throw error;
        await pause(250);
      }
    }
  }

  async stop(): Promise<void> {
    await this.postgres.stop();
    rmSync(this.options.directory, { recursive: true, force: true });
  }
}

/** The database of one seed and the server processes over it. */
export class Academy {
  readonly log: string[] = [];
  readonly database: TestDatabase;
  /** Asks the same long questions over and over, so that they are planned once: one connection, one plan for all values. */
  readonly asker: pg.Pool;
  private readonly processes: (ServerProcess | null)[] = [];
  /** Restarts under way, by their place. */
  private readonly restarts = new Map<number, Promise<void>>();
  readonly filesDir: string;
  private readonly plant: string | null;

  private constructor(database: TestDatabase, filesDir: string, plant: string | null) {
    this.database = database;
    this.asker = new pg.Pool({
      connectionString: database.url,
      max: 1,
      types: typeParsers,
      options: '-c plan_cache_mode=force_generic_plan',
    });
    this.filesDir = filesDir;
    this.plant = plant;
  }

  /** A copy of the academy of that name, with the servers over it. */
  static async open(cluster: Cluster, template: string, plant: string | null): Promise<Academy> {
    const database = await createTestDatabase(cluster.url, template);
    // A crash of Postgres takes idle connections along; the pool makes new ones.
    const academy = new Academy(database, mkdtempSync(path.join(tmpdir(), 'growth-simulation-files-')), plant);
    for (const pool of [database.server, database.people, academy.asker]) pool.on('error', () => undefined);
    return academy.withServers(2);
  }

  private async withServers(count: number): Promise<this> {
    const started = await Promise.all(Array.from({ length: count }, () => this.startServer(0)));
    this.processes.push(...started);
    return this;
  }

  /** One that ends without being told to is a fault, whatever else goes on. */
  private async startServer(port: number): Promise<ServerProcess> {
    const one = await startServerProcess(this.database.url, this.filesDir, port, this.plant, this.log);
    void one.ended.then(([code]) => {
      if (this.processes.includes(one))
        this.log.push(
          `Error: a server process ended by itself with ${String(code)}, its last words: ${this.log
            .filter((line) => !line.startsWith('{'))
            .slice(-40)
            .join('\n')}`,
        );
    });
    return one;
  }

  addresses(): string[] {
    return this.processes.flatMap((one) => (one ? [one.url] : []));
  }

  /** Ends one of them, by force or as a deploy does, and starts it again; meanwhile the other has all the work. */
  async restartServer(index: number, how: 'kill' | 'stop'): Promise<void> {
    await this.restarts.get(index);
    const one = this.processes[index];
    if (!one) return;
    this.processes[index] = null;
    const restart = this.replace(index, one, how);
    restart.catch(() => undefined);
    this.restarts.set(index, restart);
  }

  /** When every process that was restarted is there again. */
  async complete(): Promise<void> {
    await Promise.all(this.restarts.values());
  }

  private async replace(index: number, one: ServerProcess, how: 'kill' | 'stop'): Promise<void> {
    if (how === 'kill') one.child.kill('SIGKILL');
    else one.child.stdin!.end();
    await one.ended;
    this.processes[index] = await this.startServer(Number(new URL(one.url).port));
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.restarts.values());
    for (const one of this.processes.splice(0)) {
      one?.child.kill('SIGKILL');
      await one?.ended;
    }
    await this.asker.end();
    await this.database.drop();
    rmSync(this.filesDir, { recursive: true, force: true });
  }
}

type ServerProcess = { url: string; child: ChildProcess; ended: Promise<unknown[]> };

async function startServerProcess(
  databaseUrl: string,
  filesDir: string,
  port: number,
  plant: string | null,
  log: string[],
): Promise<ServerProcess> {
  const hooks = plant ? ['--import', path.join(import.meta.dirname, 'plant-hooks.ts')] : [];
  const child = spawn(process.execPath, [...hooks, path.join(root, 'sync-server/testing/main.ts')], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      // Half of what a start costs is reading the sources.
      NODE_COMPILE_CACHE: path.join(tmpdir(), 'node-compile-cache'),
      DATABASE_URL: databaseUrl,
      PORT: String(port),
      FILES_DIR: filesDir,
      LOG_LEVEL: 'warn',
      DATABASE_POOL_SIZE: '8',
      E2E_PASSWORD: password,
      ...(plant ? { SIMULATION_PLANT: plant, SIMULATION_SERVER: 'yes' } : {}),
    },
  });
  const ended = once(child, 'exit');
  createInterface({ input: child.stderr! }).on('line', (line) => {
    if (line === firedLine) firings.count += 1;
    else log.push(line);
  });
  const [first] = (await Promise.race([
    once(createInterface({ input: child.stdout! }), 'line'),
    ended.then(() => [null]),
  ])) as [string | null];
  if (first === null) throw new Error(`the server did not start: ${log.slice(-5).join('\n')}`);
  return { url: (JSON.parse(first) as { url: string }).url, child, ended };
}
