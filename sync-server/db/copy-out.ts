import pg, { type Connection, type PoolClient } from 'pg';

/**
 * Runs one question and hands each line of its answer on as PostgreSQL wrote it: nothing is parsed, and no more of it is in memory
 * than the connection has just brought. `columns` are divided by one byte 0x02 and must hold no control characters, as JSON text does.
 * A line lasts until `take` returns. While a promise that `take` returned is open, PostgreSQL waits; what it has sent already is
 * still handed on. The question names its values itself: COPY takes none. Rejects with what `take` rejects with, or the database;
 * the connection can be used afterwards either way.
 */
export async function copyOut(
  client: PoolClient,
  question: string,
  take: (line: Buffer) => Promise<void> | undefined,
): Promise<void> {
  const copy = new CopyOut(question, take);
  client.query(copy);
  await copy.done;
}

/** Between the columns of a line. */
export const columnEnd = 0x02;

/** Without quoting, since neither character is in the answer. */
const format = `(format csv, delimiter e'\\x02', quote e'\\x01')`;

/** One of the driver's own queries, since a pipelined connection takes no others; only what it makes of the lines is ours. */
class CopyOut extends pg.Query {
  readonly done: Promise<void>;
  readonly #take: (line: Buffer) => Promise<void> | undefined;
  #waiting = 0;
  #failure: { error: unknown } | null = null;

  constructor(question: string, take: (line: Buffer) => Promise<void> | undefined) {
    super(`copy (${question}) to stdout with ${format}`);
    this.#take = take;
    this.done = new Promise((resolve, reject) => {
      this.once('error', reject);
      this.once('end', () => {
        if (this.#failure) reject(this.#failure.error);
        else resolve();
      });
    });
  }

  /** After a failure the rest is read and thrown away, which leaves the connection in order. */
  handleCopyData({ chunk }: { chunk: Buffer }, { stream }: Connection): void {
    if (this.#failure) return;
    try {
      // Each line ends with a line feed.
      const wait = this.#take(chunk.subarray(0, -1));
      if (wait) void this.#holdBack(wait, stream);
    } catch (error) {
      this.#failure = { error };
    }
  }

  async #holdBack(wait: Promise<void>, stream: Connection['stream']): Promise<void> {
    this.#waiting += 1;
    stream.pause();
    try {
      await wait;
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#waiting -= 1;
    if (this.#waiting === 0) stream.resume();
  }
}
