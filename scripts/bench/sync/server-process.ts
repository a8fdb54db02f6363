import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { findFreePort } from '../../../sync-server/db/embedded-postgres.ts';

const program = path.resolve(import.meta.dirname, '../../../sync-server/main.ts');
/** A server that takes longer to answer is a fault, not a slow machine. */
const patienceMs = 60_000;

/** The product's own program, as it runs in production. */
export type ServerProcess = { url: string; pid: number; stop(): Promise<void> };

export async function startServerProcess(part: 'api' | 'all', env: Record<string, string>): Promise<ServerProcess> {
  const port = await findFreePort();
  const child = spawn(process.execPath, [program, part], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      PORT: String(port),
      LOG_LEVEL: 'warn',
      WEB_DIR: 'none',
      ...env,
    },
  });
  // It would outlive a run that is broken off.
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-2000)));
  const url = `http://127.0.0.1:${port}`;
  await untilHealthy(url, child, () => words);
  return { url, pid: child.pid!, stop: () => stop(child) };
}

async function untilHealthy(url: string, child: ChildProcess, words: () => string): Promise<void> {
  for (const until = Date.now() + patienceMs; Date.now() < until;) {
    if (child.exitCode !== null) break;
    const answer = await fetch(`${url}/health/ready`).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill('SIGKILL');
  throw new Error(`the server did not start: ${words()}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(timer);
}
