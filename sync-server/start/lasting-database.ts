import { setTimeout as sleep } from 'node:timers/promises';
import type { EmbeddedPostgres } from '../db/embedded-postgres.ts';

/** A database that is started again whenever it ends unasked. */
export type LastingDatabase = { url: string; stop(): Promise<void> };

export type LastingDatabaseParts = {
  /** Starts it; with a port, on that one. */
  start: (port?: number) => Promise<Pick<EmbeddedPostgres, 'url' | 'port' | 'ended' | 'stop'>>;
  tell: (line: string) => void;
  /** Milliseconds before the try after so many that failed. */
  restAfter?: (tries: number) => number;
};

/** Soon at first: sessions of a killed server hold its memory for a moment. A full disk is looked at again every ten seconds. */
const restAfterFailure = (tries: number): number => Math.min(10_000, 250 * 2 ** tries);

/** The same reason comes at another time and from another process. */
const lessNumbers = (reason: string): string => reason.replaceAll(/\d+/g, '');

/**
 * Starts a database and keeps it running, always on the same port, since the server comes back to the address it knows. Killed, out of
 * memory or out of room: it recovers what was committed, and its person is told what goes on, each reason once.
 */
export async function keepDatabase({
  start,
  tell,
  restAfter = restAfterFailure,
}: LastingDatabaseParts): Promise<LastingDatabase> {
  const stopping = new AbortController();
  let current = await start();
  const { url, port } = current;

  async function startAgain(): Promise<void> {
    let told = '';
    for (let tries = 0; !stopping.signal.aborted; tries++) {
      try {
        current = await start(port);
        return tell('The database runs again.');
      } catch (error) {
        const reason = (error as Error).message;
        if (tries > 0 && lessNumbers(reason) !== told) {
          told = lessNumbers(reason);
          tell(`${reason}\nIt is tried again until it works. Ctrl-C stops.`);
        }
        await sleep(restAfter(tries), undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }

  async function watch(): Promise<void> {
    for (;;) {
      await current.ended;
      if (stopping.signal.aborted) return;
      tell('The database ended unexpectedly. It is started again; what was saved is kept.');
      await startAgain();
    }
  }

  const watching = watch();
  return {
    url,
    async stop() {
      stopping.abort();
      await current.stop();
      await watching;
      // It may have been on its way up when it was told to stop.
      await current.stop();
    },
  };
}
