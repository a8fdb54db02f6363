import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** The product's own program as a process that can be killed, and the lines of its log. */
export type ServerProcess = {
  url: string;
  /** Where it shows metrics and health to operators. */
  operators: string;
  log: Record<string, unknown>[];
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
};

/** Resolves when it says that it is ready. `env` is all it knows. */
export async function startServerProcess(part: 'api' | 'worker', env: Record<string, string>): Promise<ServerProcess> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, '../main.ts'), part], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env['PATH'], PORT: '0', METRICS_ADDRESS: '127.0.0.1:0', WEB_DIR: 'none', ...env },
  });
  const log: ServerProcess['log'] = [];
  const said = (message: string) => log.find(({ msg }) => msg === message);
  const ready = Promise.withResolvers<void>();
  createInterface(child.stdout).on('line', (line) => {
    log.push(JSON.parse(line) as Record<string, unknown>);
    if (said('ready')) ready.resolve();
  });
  child.once('exit', (code) => ready.reject(new Error(`the server ended with ${code}: ${JSON.stringify(log.at(-1))}`)));
  await ready.promise;
  return {
    url: String(said('ready')!['url'] ?? ''),
    operators: String(said('metrics are shown')!['url']),
    log,
    async kill(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    },
  };
}
