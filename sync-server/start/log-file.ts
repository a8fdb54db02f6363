import { openSync, writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

/** The log of `npm start`, for its owner alone: requests and errors of people end up in it. */
export const openLogFile = (file: string, tell: (line: string) => void): DestinationStream =>
  logTo(openSync(file, 'a', 0o600), file, tell);

/**
 * A log whose lines are lost where its file, or whoever reads it, takes none: it is told once until it takes some again, and the program
 * goes on. Pino by itself tries the same bytes for ever where the disk is full, and answers nobody meanwhile. `name` as people know it.
 */
export function logTo(descriptor: number, name: string, tell: (line: string) => void): DestinationStream {
  let isTold = false;
  return {
    write(line) {
      try {
        writeWhole(descriptor, Buffer.from(line));
        isTold = false;
      } catch (error) {
        if (!isTold) tell(`${name} cannot be written: ${(error as Error).message}. What would stand in it is lost.`);
        isTold = true;
      }
    },
  };
}

/** How often a reader that is behind is waited for, and how long each time. */
const tries = 20;
const waitMs = 10;

function writeWhole(descriptor: number, bytes: Buffer): void {
  let refusals = 0;
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(descriptor, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || ++refusals > tries) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitMs);
    }
  }
}
