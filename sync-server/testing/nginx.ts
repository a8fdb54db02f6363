import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findFreePort } from '../db/embedded-postgres.ts';

const root = path.resolve(import.meta.dirname, '../..');
const unpacked = path.join(root, '.cache/nginx');

/** A real nginx with the project's own sample configuration in front of these addresses. */
export type Nginx = { url: string; stop(): Promise<void> };

export async function startNginx(upstreams: readonly string[]): Promise<Nginx> {
  const program = findNginx();
  const folder = mkdtempSync(path.join(tmpdir(), 'growth-os-nginx-'));
  const port = await findFreePort();
  writeFileSync(path.join(folder, 'nginx.conf'), configure(folder, port, upstreams));
  const child = spawn(program, ['-e', 'stderr', '-p', folder, '-c', 'nginx.conf'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-2000)));
  const url = `http://127.0.0.1:${port}`;
  await untilItAnswers(url, child, () => words);
  return {
    url,
    async stop() {
      const ended = once(child, 'exit');
      // SIGTERM is its fast stop: open streams are cut.
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await ended;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The sample as it stands in the documents, but for ports and for where a test may write. */
function configure(folder: string, port: number, upstreams: readonly string[]): string {
  const sample = readFileSync(path.join(root, 'docs/nginx.conf'), 'utf8');
  const servers = sample.match(/^ *server 127\.0\.0\.1:\d+ .*$/gm) ?? [];
  if (servers.length !== upstreams.length) throw new Error(`the sample has ${servers.length} upstreams`);
  let text = sample.replace('listen 8080', `listen 127.0.0.1:${port}`);
  for (const [at, line] of servers.entries())
    text = text.replace(line, line.replace(/127\.0\.0\.1:\d+/, new URL(upstreams[at]!).host));
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${folder}/${kind};`,
  );
  return `daemon off;\npid ${folder}/nginx.pid;\n${process.getuid?.() === 0 ? 'user root;\n' : ''}${text.replace('http {', `http {\n${places.join('\n')}`)}`;
}

async function untilItAnswers(url: string, child: ChildProcess, words: () => string): Promise<void> {
  for (let tries = 0; tries < 200 && child.exitCode === null; tries++) {
    if (
      await fetch(`${url}/health/live`).then(
        () => true,
        () => false,
      )
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill('SIGKILL');
  throw new Error(`nginx did not start: ${words()}`);
}

/** Installed, or fetched by us before; on Debian it is fetched now, unpacked beside the project and never started as a service. */
function findNginx(): string {
  const places = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/usr/local/bin/nginx', '/opt/homebrew/bin/nginx'];
  const ours = path.join(unpacked, 'usr/sbin/nginx');
  const found = [...places, ours].find((place) => existsSync(place));
  if (found) return found;
  if (existsSync('/usr/bin/apt-get')) fetchNginx();
  if (existsSync(ours)) return ours;
  throw new Error('This test needs nginx. Install it (Debian: apt-get install nginx; macOS: brew install nginx).');
}

function fetchNginx(): void {
  mkdirSync(unpacked, { recursive: true });
  const run = (command: string, args: string[]): boolean =>
    spawnSync(command, args, {
      cwd: unpacked,
      stdio: 'ignore',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0;
  if (!run('apt-get', ['download', 'nginx']) && run('apt-get', ['update', '-qq']))
    run('apt-get', ['download', 'nginx']);
  const archive = readdirSync(unpacked).find((name) => name.endsWith('.deb'));
  if (archive) run('dpkg-deb', ['-x', archive, '.']);
}
