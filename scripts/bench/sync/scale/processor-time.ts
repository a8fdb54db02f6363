import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Clock ticks per second as /proc counts them; the same on every Linux. */
const ticks = 100;

/** Milliseconds of processor that server processes and PostgreSQL used, which other work on the machine hardly changes. */
export type ProcessorTime = { server_ms: number; postgres_ms: number };

/** Begins counting; the function it answers tells what was used since, per piece of work. Linux only. */
export function countProcessor(pids: readonly number[], postgresFolder: string): (pieces: number) => ProcessorTime {
  const read = () => ({ server: sum(pids), postgres: sum(postgresPids(postgresFolder)) });
  const before = read();
  return (pieces) => {
    const after = read();
    const each = (used: number): number => Math.round((used / pieces) * 10000) / 10000;
    return { server_ms: each(after.server - before.server), postgres_ms: each(after.postgres - before.postgres) };
  };
}

const sum = (pids: readonly number[]): number => pids.reduce((total, pid) => total + usedBy(pid), 0);

function usedBy(pid: number): number {
  try {
    // Behind the name, which may hold anything: user and system time are fields 14 and 15 of all.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticks;
  } catch {
    // A connection that has ended meanwhile: what it used before is lost to us.
    return 0;
  }
}

/** The postmaster of this data folder and its connections. */
function postgresPids(folder: string): number[] {
  const postmaster = Number(readFileSync(path.join(folder, 'cluster/postmaster.pid'), 'utf8').split('\n')[0]);
  const isOurs = (pid: number): boolean => {
    try {
      return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[1]) === postmaster;
    } catch {
      return false;
    }
  };
  return [
    postmaster,
    ...readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0 && isOurs(pid)),
  ];
}
