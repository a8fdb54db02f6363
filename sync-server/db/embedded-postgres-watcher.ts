/**
 * Runs Postgres and stops it when standard input closes, so that a starter that dies without a word (kill -9) leaves no
 * server behind. It is started in a session of its own: Ctrl-C in the terminal reaches the starter, which then stops us.
 * `node embedded-postgres-watcher.ts <ProgramCall as JSON>`
 */
import { spawn } from 'node:child_process';
import type { ProgramCall } from './embedded-postgres-binaries.ts';

const { command, args, uid, gid }: ProgramCall = JSON.parse(process.argv[2] ?? '{}');
const server = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], uid, gid });

/** Fast shutdown first; immediate shutdown (recovered at the next start) if a session holds it up. */
function stopServer(): void {
  server.kill('SIGINT');
  setTimeout(() => server.kill('SIGQUIT'), 10_000).unref();
  setTimeout(() => server.kill('SIGKILL'), 15_000).unref();
}

server.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
server.on('exit', (code) => process.exit(code ?? 1));
process.stdin.on('end', stopServer).on('error', stopServer).resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stopServer);
