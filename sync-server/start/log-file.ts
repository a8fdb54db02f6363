import { openSync, writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

/**
 * The log of `npm start`, for its owner alone: requests and errors of people end up in it. Where the disk is full its lines are lost, which
 * is told once until there is room again; the academy goes on.
 */
export function openLogFile(file: string, tell: (line: string) => void): DestinationStream {
  const descriptor = openSync(file, 'a', 0o600);
  let isTold = false;
  return {
    write(line) {
      try {
        writeSync(descriptor, line);
        isTold = false;
      } catch (error) {
        if (!isTold) tell(`${file} cannot be written: ${(error as Error).message}. What would stand in it is lost.`);
        isTold = true;
      }
    },
  };
}
