import { readFileSync } from 'node:fs';
import { memoryNow } from '../process-memory.ts';

/** Looks at a process and all below it; the most they held together, in MiB. Linux only; null elsewhere. */
export function watchTree(pid: number): { stop(): number | null } {
  if (process.platform !== 'linux') return { stop: () => null };
  let most = 0;
  const look = (): void => {
    most = Math.max(
      most,
      treeOf(pid).reduce((sum, one) => sum + sizeOf(one), 0),
    );
  };
  const timer = setInterval(look, 20);
  look();
  return {
    stop() {
      clearInterval(timer);
      look();
      return Math.round(most * 10) / 10;
    },
  };
}

function treeOf(pid: number): number[] {
  const children = readOrNothing(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  return [pid, ...children.flatMap(treeOf)];
}

/** A process may end between two looks. */
function sizeOf(pid: number): number {
  try {
    return memoryNow(pid) ?? 0;
  } catch {
    return 0;
  }
}

function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
