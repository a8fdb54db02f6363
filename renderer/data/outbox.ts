import { v7 as uuidv7 } from 'uuid';
import type { Evidence } from '#contract/protocol.ts';
import type { DeviceDatabase, OutboxRow } from './device-database.ts';
import type { Master } from './documents.ts';
import type { Edit } from './overlay.ts';
import { cell, type Cell } from './store.ts';

/** A write as the caller made it, before it has an operation id and a place. */
export type NewEdit = Omit<Edit, 'op'> & { key: string; client_at: string; evidence?: Evidence };

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
  of(key: string): OutboxRow[];
  has(key: string): boolean;
  master(key: string): Master;
  /** Adds a write, joining it with the row's last one where that never left the device. Durable when it resolves. */
  add(edit: NewEdit, master: Master, joinable: (last: OutboxRow) => boolean): Promise<void>;
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

export async function openOutbox(device: DeviceDatabase): Promise<Outbox> {
  const rows = cell<readonly OutboxRow[]>(await device.outbox.orderBy('seq').toArray());
  const masters = new Map((await device.masters.toArray()).map(({ key, master }) => [key, master]));
  let byKey = index(rows.get());
  const show = (next: readonly OutboxRow[]): void => {
    byKey = index(next);
    rows.set(next);
  };
  const of = (key: string): OutboxRow[] => byKey.get(key) ?? [];

  return {
    rows,
    of,
    has: (key) => byKey.has(key),
    master: (key) => masters.get(key) ?? null,

    async add(edit, master, joinable) {
      const before = of(edit.key);
      const last = before.at(-1);
      if (last && !last.sent && joinable(last)) return join(last, edit);
      const row: Omit<OutboxRow, 'seq'> = {
        ...edit,
        op: uuidv7(),
        base: last ? last.op : (master?.v ?? null),
        sent: false,
        overtaken: false,
        tries: 0,
        not_before: null,
      };
      const seq = await device.transaction('rw', device.outbox, device.masters, async () => {
        if (!last) await device.masters.put({ key: edit.key, master });
        return device.outbox.add(row);
      });
      if (!last) masters.set(edit.key, master);
      show([...rows.get(), { ...row, seq }]);
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
      if (overtaken.length > 0) replace(overtaken);
    },

    async freeze(sending) {
      const fresh = sending.filter((row) => !row.sent).map((row) => ({ ...row, sent: true }));
      if (fresh.length === 0) return;
      await device.outbox.bulkPut(fresh);
      replace(fresh);
    },

    async settle(settlement) {
      const done = new Set(settlement.done);
      const left = rows.get().filter((row) => !done.has(row.seq));
      const stillWritten = new Set(left.map(({ key }) => key));
      const waiting = settlement.waiting.flatMap(({ seq, not_before }) => {
        const row = left.find((candidate) => candidate.seq === seq);
        return row ? [{ ...row, tries: row.tries + 1, not_before }] : [];
      });
      const kept = [...settlement.masters].filter(([key]) => stillWritten.has(key));
      const freed = rows.get().flatMap((row) => (done.has(row.seq) && !stillWritten.has(row.key) ? [row.key] : []));
      await device.transaction('rw', device.outbox, device.masters, async () => {
        await device.outbox.bulkDelete(settlement.done);
        await device.outbox.bulkPut(waiting);
        await device.masters.bulkPut(kept.map(([key, master]) => ({ key, master })));
        await device.masters.bulkDelete(freed);
      });
      for (const [key, master] of kept) masters.set(key, master);
      for (const key of freed) masters.delete(key);
      const changed = new Map(waiting.map((row) => [row.seq, row]));
      show(left.map((row) => changed.get(row.seq) ?? row));
    },

    async hurry() {
      const held = rows.get().filter((row) => row.not_before !== null);
      if (held.length === 0) return;
      const free = held.map((row) => ({ ...row, not_before: null }));
      await device.outbox.bulkPut(free);
      replace(free);
    },

    async takeBack({ seq: _, ...before }, master) {
      const row: Omit<OutboxRow, 'seq'> = { ...before, overtaken: false, tries: 0, not_before: null };
      const first = !byKey.has(row.key);
      const seq = await device.transaction('rw', device.outbox, device.masters, async () => {
        if (first) await device.masters.put({ key: row.key, master });
        return device.outbox.add(row);
      });
      if (first) masters.set(row.key, master);
      show([...rows.get(), { ...row, seq }]);
    },
  };

  async function join(last: OutboxRow, edit: NewEdit): Promise<void> {
    if (edit.verb === 'delete' && last.verb === 'insert') return drop(last);
    const joined: OutboxRow = {
      ...last,
      set: { ...last.set, ...edit.set },
      guess: { ...last.guess, ...edit.guess },
      client_at: edit.client_at,
    };
    await device.outbox.put(joined);
    replace([joined]);
  }

  /** A row that was made and given up before anybody else heard of it. */
  async function drop(last: OutboxRow): Promise<void> {
    const left = rows.get().filter(({ seq }) => seq !== last.seq);
    const free = !left.some(({ key }) => key === last.key);
    await device.transaction('rw', device.outbox, device.masters, async () => {
      await device.outbox.delete(last.seq);
      if (free) await device.masters.delete(last.key);
    });
    if (free) masters.delete(last.key);
    show(left);
  }

  function replace(changed: readonly OutboxRow[]): void {
    const bySeq = new Map(changed.map((row) => [row.seq, row]));
    show(rows.get().map((row) => bySeq.get(row.seq) ?? row));
  }
}

function index(rows: readonly OutboxRow[]): Map<string, OutboxRow[]> {
  const byKey = new Map<string, OutboxRow[]>();
  for (const row of rows) {
    const list = byKey.get(row.key);
    if (list) list.push(row);
    else byKey.set(row.key, [row]);
  }
  return byKey;
}
