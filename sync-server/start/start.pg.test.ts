import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

type Ready = { url: string; accounts: { role: string; email: string; password: string }[] };
type Program = {
  child: ChildProcess;
  readyLine: Promise<string>;
  ended: Promise<{ code: number | null; words: string }>;
};

const folder = mkdtempSync(path.join(tmpdir(), 'start-'));
const dataDir = path.join(folder, 'data');
const running = new Set<ChildProcess>();
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  await Promise.all([...running].map((child) => once(child, 'exit')));
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

/** One of our programs as its own process, as `npm` would run it. */
function run(
  file: string,
  args: string[],
  env: Record<string, string> = {},
  readySign = '"url"',
  log?: number,
): Program {
  const clean = { ...process.env, DATABASE_URL: '', API_DATABASE_URL: '', NODE_ENV: '', DISPLAY: '', ...env };
  const child = spawn(process.execPath, [path.join(import.meta.dirname, file), ...args], {
    env: clean,
    stdio: ['pipe', log ?? 'pipe', 'pipe'],
  });
  running.add(child);
  let words = '';
  child.stderr!.on('data', (text: Buffer) => (words += text.toString()));
  const ended = once(child, 'close').then(([code]) => {
    running.delete(child);
    return { code: code as number | null, words };
  });
  const line = new Promise<string>((resolve) => {
    if (child.stdout)
      createInterface({ input: child.stdout }).on('line', (text) => text.includes(readySign) && resolve(text));
  });
  const readyLine = Promise.race([
    line,
    ended.then((end) => Promise.reject(new Error(`ended with ${end.code}: ${end.words}`))),
  ]);
  // Asked for only where a line is expected.
  readyLine.catch(() => undefined);
  return { child, readyLine, ended };
}

const start = (args: string[], env?: Record<string, string>) =>
  run('main.ts', ['--no-open', '--json', '--port', '0', '--students', '8', ...args], env);
const databasePid = () =>
  Number(readFileSync(path.join(dataDir, 'postgres/cluster/postmaster.pid'), 'utf8').split('\n')[0]);
const ready = async ({ readyLine }: Program) => JSON.parse(await readyLine) as Ready;

async function signIn(url: string, { email, password }: Ready['accounts'][number]): Promise<number> {
  const answer = await fetch(`${url}/auth/v1/token?grant_type=password`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  await answer.body?.cancel();
  return answer.status;
}

describe('npm start', { timeout: 120_000 }, () => {
  let first: Ready;

  test('from an empty folder to an academy where each of the five roles can sign in', async () => {
    const program = start(['--data-dir', dataDir]);
    first = await ready(program);
    const roles = ['admin', 'enrollment_manager', 'mentor', 'student', 'superadmin'];
    expect(first.accounts.map(({ role }) => role).toSorted()).toEqual(roles);
    expect(new Set(first.accounts.map(({ password }) => password)).size).toBe(5);
    for (const account of first.accounts) expect(await signIn(first.url, account)).toBe(200);
    const accountsFile = path.join(dataDir, 'accounts.json');
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    expect(statSync(accountsFile).mode & 0o777).toBe(0o600);

    const second = await start(['--data-dir', dataDir]).ended;
    expect(second).toEqual({ code: 1, words: expect.stringContaining('Growth OS already runs with the data folder') });

    program.child.kill('SIGINT');
    expect(await program.ended).toMatchObject({ code: 0 });
  });

  test('a killed start begins again with its data and its accounts', async () => {
    const program = start(['--data-dir', dataDir]);
    await ready(program);
    program.child.kill('SIGKILL');
    await program.ended;
    const again = start(['--data-dir', dataDir]);
    const { url, accounts } = await ready(again);
    expect(accounts).toEqual(first.accounts);
    expect(await signIn(url, accounts[0]!)).toBe(200);

    for (let times = 0; times < 3; times++) {
      process.kill(databasePid(), 'SIGKILL');
      await vi.waitFor(async () => expect(await signIn(url, accounts[0]!)).toBe(200), 30_000);
    }
    again.child.kill('SIGINT');
    const { code, words } = await again.ended;
    expect(code).toBe(0);
    expect(words).toContain('The last run did not end in order.');
    expect(words.match(/The database ended unexpectedly/g)).toHaveLength(3);
    expect(words.match(/The database runs again/g)).toHaveLength(3);
  });

  test('a taken port is said before anything is made', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const elsewhere = path.join(folder, 'elsewhere');
    const end = await start(['--data-dir', elsewhere, '--port', String(port)]).ended;
    expect(end).toEqual({ code: 1, words: `Port ${port} on 127.0.0.1 is taken by another program.\n` });
    other.close();
  });

  test('the service key file opens the operators’ door', async () => {
    const keyFile = path.join(folder, 'key');
    const program = start(['--data-dir', dataDir, '--service-key', keyFile]);
    const { url } = await ready(program);
    const key = readFileSync(keyFile, 'utf8').trim();
    const ask = (token: string) =>
      fetch(`${url}/auth/v1/admin/users`, { headers: { authorization: `Bearer ${token}`, apikey: token } });
    expect((await ask(key)).status).toBe(200);
    expect((await ask(`${key}x`)).status).toBe(403);
  });
});

describe('a database that is not ours', { timeout: 120_000 }, () => {
  let database: TestDatabase;
  beforeAll(async () => (database = await createTestDatabase()));
  afterAll(() => database.drop());
  const people = async () => (await database.server.query<{ n: number }>('select count(*) as n from users')).rows[0]!.n;

  test('nothing is put into it', async () => {
    const program = start(['--data-dir', path.join(folder, 'given')], { DATABASE_URL: database.url });
    expect((await ready(program)).accounts).toEqual([]);
    expect(await people()).toBe(0);
  });

  test('--fresh is refused', async () => {
    const end = await start(['--data-dir', path.join(folder, 'given'), '--fresh'], { DATABASE_URL: database.url })
      .ended;
    expect(end).toEqual({ code: 1, words: expect.stringContaining('--fresh is refused while DATABASE_URL is set') });
  });

  test('production knows none of the tests’ switches', async () => {
    const env = {
      DATABASE_URL: database.url,
      PORT: '0',
      E2E: '1',
      E2E_PASSWORD: 'a long enough pass phrase',
      LOG_LEVEL: 'info',
    };
    const { child, readyLine, ended } = run('../main.ts', ['all'], env, '"msg":"ready"');
    await readyLine;
    child.kill('SIGTERM');
    // The one way into an empty installation is shown to whoever started it, and is in no log.
    expect(await ended).toEqual({
      code: 0,
      words: expect.stringMatching(/Make the first superadmin .+\/#\/set-up\/[\w-]{43}/),
    });
    expect(await people()).toBe(0);
  });

  test.runIf(process.platform === 'linux')(
    'a log that its disk does not take is told once, and ends nothing',
    async () => {
      const full = openSync('/dev/full', 'w');
      const { child, ended } = run(
        '../main.ts',
        ['all'],
        { DATABASE_URL: database.url, PORT: '0', LOG_LEVEL: 'info' },
        '',
        full,
      );
      closeSync(full);
      const link = new Promise<string>((resolve) => {
        createInterface({ input: child.stderr! }).on('line', (text) => text.includes('/#/set-up/') && resolve(text));
      });
      const url = await Promise.race([link, ended.then(({ words }) => Promise.reject(new Error(words)))]);
      expect((await fetch(new URL('/health/ready', /http\S+/.exec(url)![0]))).status).toBe(200);
      child.kill('SIGTERM');
      const { code, words } = await ended;
      expect(code).toBe(0);
      expect(words.match(/The log cannot be written: ENOSPC/g)).toHaveLength(1);
    },
  );

  test('one that is away is named in a sentence', async () => {
    const nobody = createServer().listen(0, '127.0.0.1');
    await once(nobody, 'listening');
    const { port } = nobody.address() as AddressInfo;
    nobody.close();
    const end = await run('../main.ts', ['all'], { DATABASE_URL: `postgres://a:b@127.0.0.1:${port}/x` }).ended;
    expect(end).toEqual({
      code: 1,
      words: expect.stringMatching(/^The database at 127\.0\.0\.1:\d+ cannot be used now: .+\n$/),
    });
  });

  test('keys are rotated, and a link for the first superadmin is made, by a word on the command line', async () => {
    const errand = async (...args: string[]) => {
      const { readyLine, ended } = run('../main.ts', args, { DATABASE_URL: database.url }, '');
      return { line: await readyLine, ...(await ended) };
    };
    expect(await errand('rotate-keys')).toMatchObject({
      code: 0,
      line: expect.stringContaining('signed with the key'),
    });
    expect(await errand('setup-link')).toMatchObject({ code: 0, line: expect.stringContaining('/#/set-up/') });
  });

  test('--demo fills it once, and never a second time over somebody’s people', async () => {
    const args = ['--demo', '--data-dir', path.join(folder, 'demo')];
    const { accounts } = await ready(start(args, { DATABASE_URL: database.url }));
    expect(accounts).toHaveLength(5);
    expect(await people()).toBeGreaterThan(8);
    const elsewhere = ['--demo', '--data-dir', path.join(folder, 'demo-2')];
    const end = await start(elsewhere, { DATABASE_URL: database.url }).ended;
    expect(end).toEqual({ code: 1, words: expect.stringContaining('--demo needs an empty database') });
  });
});
