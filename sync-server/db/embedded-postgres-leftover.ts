import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Stops a server that an earlier run left on this cluster, and removes the pid file of one that is gone. The file alone proves
 * nothing: after a reboot or in a restarted container its number may belong to any program, and Postgres would refuse to start.
 * The caller must hold the data folder's lock: a server that somebody still uses would be stopped too.
 */
export async function stopLeftover(cluster: string): Promise<void> {
  const pidFile = path.join(cluster, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  if (!isServerOf(pid, cluster)) return rmSync(pidFile, { force: true });
  for (const [signal, seconds] of [
    ['SIGINT', 10],
    ['SIGQUIT', 5],
    ['SIGKILL', 5],
  ] as const) {
    process.kill(pid, signal);
    if (await isGone(pid, cluster, seconds)) return;
  }
  throw new Error(`An earlier Postgres (process ${pid}) still holds ${cluster} and could not be stopped.`);
}

async function isGone(pid: number, cluster: string, seconds: number): Promise<boolean> {
  const until = Date.now() + seconds * 1000;
  while (Date.now() < until) {
    if (!isServerOf(pid, cluster)) return true;
    await pause(50);
  }
  return false;
}

/** A Postgres server stands in its data folder; elsewhere than on Linux its command line names it. */
function isServerOf(pid: number, cluster: string): boolean {
  if (!(pid > 0)) return false;
  try {
    if (process.platform === 'linux') return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster);
    return execFileSync('ps', ['-ww', '-p', String(pid), '-o', 'command='], { encoding: 'utf8' }).includes(cluster);
  } catch {
    // No such process (or one of somebody else's): not ours.
    return false;
  }
}
