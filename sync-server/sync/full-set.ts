import { tables, type Family } from '#contract/tables/index.ts';
import { columnEnd, copyOut } from '../db/copy-out.ts';
import type { PoolClient } from '../db/sql.ts';
import type { Send } from './delta.ts';
import { docsEnd, docsStart, isEssential, sendingOrder } from './frames.ts';

/** Bytes of documents a frame is closed at: large enough to cost little, small enough that a slow line shows progress. */
const pageBytes = 65_536;
/** Frames that may wait for the reader before the database has to. */
const mostWaiting = 4;

/** Every table's family, in the order of sending. */
const familiesSent = sendingOrder.map((table) => tables[table].family);
// Names of tables are ours; COPY takes no values beside its text.
const question = `select place, body from sync_full_set(array['${sendingOrder.join("','")}'])`;

/**
 * Sends the full set as `docs` frames, one family after the other, once `begin` has told how many documents there are at most.
 * `onEssential` is called once, when the essential families are through. Bodies go from the database to the wire as bytes.
 */
export async function sendFullSet(
  client: PoolClient,
  send: Send,
  begin: (count: number) => Promise<void>,
  onEssential: () => Promise<void>,
): Promise<void> {
  // Names of rows in several scopes are sorted in memory. A statement that waits for a slow line is none that hangs: whoever
  // sends gives up a reader who takes nothing.
  await client.query("select set_config('work_mem', '16MB', true), set_config('statement_timeout', '0', true)");
  const queue = createQueue();
  let page: Page | null = null;
  let isReady = false;

  const close = (): void => {
    const full = page;
    page = null;
    if (full) queue.add(() => send((n) => full.frame(n)));
  };
  const ready = (): void => {
    isReady = true;
    queue.add(onEssential);
  };

  function take(line: Buffer): void {
    const end = line.indexOf(columnEnd);
    const place = Number(line.toString('latin1', 0, end));
    const body = line.subarray(end + 1);
    if (place === 0) return queue.add(() => begin(Number(body.toString('latin1'))));
    const family = familiesSent[place - 1]!;
    if (page && (page.family !== family || !page.fits(body))) close();
    if (!isReady && !isEssential(family)) ready();
    page ??= createPage(family, body.length);
    page.add(body);
  }

  await copyOut(client, question, (line) => {
    take(line);
    return queue.room();
  });
  close();
  if (!isReady) ready();
  await queue.done();
}

type Page = ReturnType<typeof createPage>;

/** Documents of one family in the bytes of their frame, whose head is written last, because its number is known last. */
function createPage(family: Family, least: number) {
  const headRoom = docsStart(family, { n: Number.MAX_SAFE_INTEGER }).length;
  const bytes = Buffer.allocUnsafe(headRoom + Math.max(pageBytes, least) + docsEnd.length);
  let filled = headRoom;
  return {
    family,
    fits: (body: Buffer): boolean => filled + 1 + body.length + docsEnd.length <= bytes.length,
    add(body: Buffer): void {
      if (filled > headRoom) bytes[filled++] = comma;
      filled += body.copy(bytes, filled);
    },
    frame(n?: number): Buffer {
      const head = docsStart(family, { n });
      const from = headRoom - head.length;
      bytes.write(head, from, 'latin1');
      const to = filled + bytes.write(docsEnd, filled, 'latin1');
      return bytes.subarray(from, to);
    },
  };
}

const comma = 0x2c;

/** Does what is added one after the other; after a failure nothing more. */
function createQueue() {
  const waiting: Promise<void>[] = [];
  let last: Promise<void> = Promise.resolve();
  return {
    add(work: () => Promise<void>): void {
      last = last.then(work);
      waiting.push(last);
      // A failure stays, for whoever waits for room or for the end.
      last.then(
        () => void waiting.shift(),
        () => undefined,
      );
    },
    /** What to wait for before more is added; rejects with what has failed. */
    room: (): Promise<void> | undefined => waiting.at(-mostWaiting),
    done: (): Promise<void> => last,
  };
}
