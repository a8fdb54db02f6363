import { v7 as uuidv7 } from 'uuid';
import type { Evidence } from '#contract/protocol.ts';
import type { DeviceDatabase, OutboxRow } from './device-database.ts';
import type { Master } from './documents.ts';
import type { Edit } from './overlay.ts';
import { rangesOf, readQueue } from './queue-on-disk.ts';
import { createQueuedRows } from './queued-rows.ts';
import type { Cell } from './store.ts';

/** A write as the caller made it, before it has an operation id and a place. */
export type NewEdit = Omit<Edit, 'op'> & {
  key: string;
  client_at: string;
  evidence?: Evidence;
  /** The token its writer had seen, where that is not the one that is here now. */
  base?: string;
};

/** What changes in the queue and under it when the server has answered. */
export type Settlement = {
  /** Operations that are done with, by `seq`. */
  done: number[];
  /** Operations the server told to wait, with the time before which they stay. */
  waiting: { seq: number; not_before: number }[];
  masters: Map<string, Master>;
};

/**
 * The queue of local writes and the server's rows under them, durable first and mirrored in memory.
 * Call only inside a turn (`turns.ts`).
 */
export type Outbox = {
  rows: Cell<readonly OutboxRow[]>;
  /** Writes of one row, oldest first. */
  of(key: string): readonly OutboxRow[];
  has(key: string): boolean;
  master(key: string): Master;
  /**
   * Adds a write, joining it with the row's last one where that never left the device. Durable when it resolves. `isLeaving`: it
   * is about to be sent, so it is frozen by the same write to the disk.
   */
  add(edit: NewEdit, master: Master, joinable: (last: OutboxRow) => boolean, isLeaving?: boolean): Promise<void>;
  /** Takes a new server row, as the stream brought it, under the writes of each key. */
  putMasters(masters: ReadonlyMap<string, Master>): Promise<void>;
  /** Freezes these operations: from now on they are never changed. */
  freeze(rows: readonly OutboxRow[]): Promise<void>;
  settle(settlement: Settlement): Promise<void>;
  /** Lets everything that waits be tried at once. */
  hurry(): Promise<void>;
  /** Takes a write of before a wipe back, under its old name, at the end of the queue. */
  takeBack(row: OutboxRow, master: Master): Promise<void>;
};

/** A token that no row ever has. */
const neverGiven = '00000000-0000-0000-0000-000000000000';

/**
 * The token that the writer of an edit saw. What was joined to an unsent write since goes by that write's name, so the token under it
 * stands for what was seen.
 */
function baseOf({ base }: NewEdit, last: OutboxRow | undefined, master: Master): string | null {
  if (base === undefined) return last ? last.op : (master?.v ?? null);
  return last && !last.sent && last.op === base ? (last.base ?? neverGiven) : base;
}

export async function openOutbox(device: DeviceDatabase): Promise<Outbox> {
  const queued = createQueuedRows(await readQueue(device));
  const masters = new Map((await device.masters.toArray()).map(({ key, master }) => [key, master]));
  const { all: rows, of } = queued;

  return {
    rows,
    of,
    has: queued.has,
    master: (key) => masters.get(key) ?? null,

    async add(edit, master, joinable, isLeaving = false) {
      const last = of(edit.key).at(-1);
      // Over a text its person did not see it stays a write of its own, so that both are kept.
      if (last && !last.sent && edit.base === undefined && joinable(last)) return join(last, edit);
      const row: Omit<OutboxRow, 'seq'> = {
        ...edit,
        op: uuidv7(),
        base: baseOf(edit, last, master),
        sent: isLeaving,
        overtaken: false,
        tries: 0,
        not_before: null,
      };
      await append(row, last ? undefined : master);
    },

    async putMasters(changed) {
      if (changed.size === 0) return;
      const overtaken = [...changed.keys()].flatMap((key) =>
        of(key)
          .filter((row) => row.sent && !row.overtaken)
          .map((row) => ({ ...row, overtaken: true })),
      );
      await device.transaction('rw', device.outbox, device.masters, async () => {
        await device.masters.bulkPut([...changed].map(([key, master]) => ({ key, master })));
        await device.outbox.bulkPut(overtaken);
      });
      for (const [key, master] of changed) masters.set(key, master);
      queued.change([], overtaken);
    },

    async freeze(sending) {
      const fresh = sending.filter((row) => !row.sent).map((row) => ({ ...row, sent: true }));
      if (fresh.length === 0) return;
      const isFresh = new Set(fresh.map(({ seq }) => seq));
      const ranges = rangesOf(rows.get(), ({ seq, sent }) => sent || isFresh.has(seq));
      await device.marks.put({ name: 'frozen', ranges });
      queued.change([], fresh);
    },

    async settle(settlement) {
      const isDone = new Set(settlement.done);
      const done = rows.get().filter(({ seq }) => isDone.has(seq));
      const tryAgain = new Map(settlement.waiting.map(({ seq, not_before }) => [seq, not_before]));
      const waiting = rows.get().flatMap((row) => {
        const not_before = isDone.has(row.seq) ? undefined : tryAgain.get(row.seq);
        return not_before === undefined ? [] : [{ ...row, tries: row.tries + 1, not_before }];
      });
      const isStillWritten = (key: string): boolean => of(key).some(({ seq }) => !isDone.has(seq));
      const kept = [...settlement.masters].filter(([key]) => isStillWritten(key));
      const gone = rangesOf(rows.get(), ({ seq }) => isDone.has(seq));
      const freed = done.map(({ key }) => key).filter((key) => masters.has(key) && !isStillWritten(key));
      await device.transaction('rw', device.outbox, device.masters, async () => {
        for (const [from, to] of gone) await device.outbox.where('seq').between(from, to, true, true).delete();
        if (waiting.length > 0) await device.outbox.bulkPut(waiting);
        if (kept.length > 0) await device.masters.bulkPut(kept.map(([key, master]) => ({ key, master })));
        if (freed.length > 0) await device.masters.bulkDelete(freed);
      });
      for (const [key, master] of kept) masters.set(key, master);
      for (const key of freed) masters.delete(key);
      queued.change(done, waiting);
    },

    async hurry() {
      const held = rows.get().filter((row) => row.not_before !== null);
      if (held.length === 0) return;
      const free = held.map((row) => ({ ...row, not_before: null }));
      await device.outbox.bulkPut(free);
      queued.change([], free);
    },

    async takeBack({ seq: _, ...before }, master) {
      const row: Omit<OutboxRow, 'seq'> = { ...before, overtaken: false, tries: 0, not_before: null };
      await append(row, queued.has(row.key) ? undefined : master);
    },
  };

  /** `master`: what lies under the first write of a row. Where there is nothing nothing is kept, which says the same. */
  async function append(row: Omit<OutboxRow, 'seq'>, master: Master | undefined): Promise<void> {
    const under = master ?? null;
    const seq = under
      ? await device.transaction('rw', device.outbox, device.masters, async () => {
          await device.masters.put({ key: row.key, master: under });
          return device.outbox.add(row);
        })
      : await device.outbox.add(row);
    if (under) masters.set(row.key, under);
    queued.append({ ...row, seq });
  }

  async function join(last: OutboxRow, edit: NewEdit): Promise<void> {
    if (edit.verb === 'delete' && last.verb === 'insert') return drop(last);
    const joined: OutboxRow = {
      ...last,
      set: { ...last.set, ...edit.set },
      guess: { ...last.guess, ...edit.guess },
      client_at: edit.client_at,
    };
    await device.outbox.put(joined);
    queued.change([], [joined]);
  }

  /** A row that was made and given up before anybody else heard of it. */
  async function drop(last: OutboxRow): Promise<void> {
    const isAlone = of(last.key).length === 1;
    await device.transaction('rw', device.outbox, device.masters, async () => {
      await device.outbox.delete(last.seq);
      if (isAlone) await device.masters.delete(last.key);
    });
    if (isAlone) masters.delete(last.key);
    queued.change([last], []);
  }
}
