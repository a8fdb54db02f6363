import { readFileSync, writeFileSync } from 'node:fs';

/**
 * The most memory a process held since it was last forgotten, in MiB, as the kernel counts it (`VmHWM`): nothing is missed
 * between two looks. Linux only; null elsewhere.
 */
export const peakMemory = (pid: number): number | null => read(pid, 'VmHWM');
/** What it holds now, in MiB. */
export const memoryNow = (pid: number): number | null => read(pid, 'VmRSS');

/** Begins counting anew. */
export function forgetPeak(pid: number): void {
  if (process.platform === 'linux') writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

function read(pid: number, name: 'VmHWM' | 'VmRSS'): number | null {
  if (process.platform !== 'linux') return null;
  const found = new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return found ? Math.round(Number(found[1]) / 102.4) / 10 : null;
}
