import type { RxStorage } from 'rxdb';
import type { Evidence, WireDoc } from '#contract/protocol.ts';
import type { TableContract } from '#contract/define-table.ts';
import { docKey, type Family, type TableName } from '#contract/tables/index.ts';
import { ApplyError, breathe, byFamily, chunkSize, place, type Placement } from './apply.ts';
import type { DeviceDatabase } from './device-database.ts';
import { familyOf, masterOf, type Master, type ReplicaDoc } from './documents.ts';
import { openOutbox, type Outbox } from './outbox.ts';
import { overlay } from './overlay.ts';
import {
  collectionOf,
  countRows,
  openFamilies,
  openReplicaDatabase,
  type ReplicaDatabase,
} from './replica-database.ts';
import { createTurns, type Turns } from './turns.ts';
import type { Writes } from './types.ts';
import { createUnshown, UnshownError } from './unshown.ts';
import {
  basedOn,
  deleteEdit,
  insertOrUpdate,
  joins,
  newRowId,
  NotWritableError,
  tableOf,
  updateEdit,
} from './writing.ts';
import type { NewEdit } from './outbox.ts';

export type RowName = { key: string; type: string; id: string };

/** The replica and what lies beside it, without any network. */
export type Core = {
  device: DeviceDatabase;
  database: ReplicaDatabase;
  outbox: Outbox;
  turns: Turns;
  writes: Writes;
  /** Puts server rows under the unsent writes and shows the result; rejects when a row could not be written. */
  take(docs: readonly WireDoc[]): Promise<void>;
  /** Shows rows again from their masters and writes, all but those in `without` (by `seq`); call inside a turn. */
  show(rows: readonly RowName[], masterOf: (key: string) => Master, without?: ReadonlySet<number>): Promise<void>;
  /** The row a screen sees now. */
  read(type: string, id: string): Promise<Master>;
  /** Whoever sends says whether a write that is made now leaves at once. */
  setLeaving(test: () => boolean): void;
  /** Hears the keys of every server row that came, by the stream or as a verdict. */
  onTaken(listener: (keys: readonly string[]) => void): () => void;
  /** Collects the keys of a full set from what is taken until its end; rows that a push made meanwhile count as in it. */
  startFullSet(): Set<string>;
  endFullSet(): void;
  /** Rows the server has just confirmed by a verdict. */
  noteSettled(masters: ReadonlyMap<string, Master>): void;
  close(): Promise<void>;
};

export type CoreParts = {
  device: DeviceDatabase;
  name: string;
  storage: RxStorage<unknown, unknown>;
  /** Time to stamp writes with. */
  stamp: () => Date;
  /** What backs the time of a write made now. */
  evidence?: () => Evidence | undefined;
  /** Hears of a write that is queued but could not be shown. */
  onTrouble: (error: ApplyError) => void;
};

export async function openCore(parts: CoreParts): Promise<Core> {
  const database = await openReplicaDatabase(parts.name, parts.storage);
  try {
    return await openOver(database, parts);
  } catch (error) {
    await database.close();
    parts.device.close();
    throw error;
  }
}

async function openOver(database: ReplicaDatabase, parts: CoreParts): Promise<Core> {
  const { device, stamp } = parts;
  const outbox = await openOutbox(device);
  const turns = createTurns();
  const listeners = new Set<(keys: readonly string[]) => void>();
  let isLeaving = (): boolean => false;
  let fullSet: Set<string> | null = null;
  /** Families that held nothing when the full set began to come in: what comes for them is new. */
  const blank = new Map<Family, Promise<boolean>>();

  const isBlank = (family: Family): Promise<boolean> => {
    if (!fullSet) return Promise.resolve(false);
    // Where it cannot be known the rows are looked up, which tells what is wrong with the disk.
    const asked = blank.get(family) ?? countRows(database, family).then((count) => count === 0);
    const known = asked.catch(() => false);
    blank.set(family, known);
    return known;
  };

  const read = async (type: string, id: string): Promise<Master> => {
    const family = familyOf(type);
    if (!family) return null;
    const [stored] = await collectionOf(database, family).storageInstance.findDocumentsById([docKey(type, id)], false);
    if (!stored) return null;
    const { _attachments, _deleted, _meta, _rev, ...doc } = stored;
    return doc as ReplicaDoc;
  };

  const show = async (
    rows: readonly RowName[],
    masterFor: (key: string) => Master,
    { without }: { without?: ReadonlySet<number> } = {},
  ): Promise<void> => {
    const placements = rows.map(({ key, type, id }): Placement => {
      const edits = outbox.of(key).filter(({ seq }) => !without?.has(seq));
      return { key, type, id, doc: overlay(masterFor(key), edits) };
    });
    await placeAll(placements, false);
    for (const { key } of rows) unshown.drop(key);
  };

  async function placeAll(placements: readonly Placement[], arriving: boolean): Promise<void> {
    const placing = [...byFamily(placements)].map(async ([family, list]) => {
      const areNew = arriving && (await isBlank(family));
      for (let from = 0; from < list.length; from += chunkSize) {
        await place(database, family, list.slice(from, from + chunkSize), areNew);
      }
    });
    // Each family has a disk of its own to wait for. The turn lasts until all of them are done, whatever fails.
    for (const done of await Promise.allSettled(placing)) if (done.status === 'rejected') throw done.reason;
  }

  /** As it stands in the queue; where nothing of it is left there, as it stood when it could not be shown. */
  const unshown = createUnshown(({ key, type, id }, master) =>
    show([{ key, type, id }], () => (outbox.has(key) ? outbox.master(key) : master)),
  );

  const take: Core['take'] = async (docs) => {
    for (let from = 0; from < docs.length; from += chunkSize) {
      await turns(() => takeChunk(docs.slice(from, from + chunkSize)));
      await breathe();
    }
  };

  async function takeChunk(docs: readonly WireDoc[]): Promise<void> {
    await unshown.heal();
    const taken = new Map<string, Placement>();
    const underWrites = new Map<string, Master>();
    for (const doc of docs) {
      const { type, id } = doc;
      const key = docKey(type, id);
      const master = masterOf(doc, key);
      if (outbox.has(key)) underWrites.set(key, master);
      taken.set(key, { key, type, id, doc: master });
      if (!doc._deleted) fullSet?.add(key);
    }
    // Under unsent writes first: a crash after this is healed at the next start from the queue and these masters.
    await outbox.putMasters(underWrites);
    const placements = [...taken.values()];
    for (const placement of placements)
      if (underWrites.has(placement.key)) placement.doc = overlay(placement.doc, outbox.of(placement.key));
    await placeAll(placements, true);
    const keys = [...taken.keys()];
    for (const key of keys) unshown.drop(key);
    for (const listener of listeners) listener(keys);
  }

  /** Durable in the queue first, shown second; whatever happens between is repaired by `restoreOverlays`. */
  async function write(edit: NewEdit, here: Master): Promise<void> {
    const table = tableOf(edit.type);
    if (table.device.pushOnly) return outbox.add(edit, null, () => false, isLeaving());
    const isUnseen = unshown.has(edit.key);
    await unshown.heal();
    if (isUnseen) throw new UnshownError(edit.type);
    const master = outbox.has(edit.key) ? outbox.master(edit.key) : here;
    await outbox.add(edit, master, (last) => joins(table, last, edit), isLeaving());
    try {
      await show([edit], (key) => (outbox.has(key) ? outbox.master(key) : master));
    } catch (error) {
      // The write itself is safe in the queue; rejecting would make the caller write it twice. It is shown as soon as the disk lets it.
      if (!(error instanceof ApplyError)) throw error;
      unshown.add(edit, master);
      parts.onTrouble(error);
    }
  }

  const at = (): string => stamp().toISOString();
  const dated = (table: TableContract, edit: NewEdit): NewEdit => {
    const evidence = table.device.dated ? parts.evidence?.() : undefined;
    return evidence ? { ...edit, evidence } : edit;
  };
  const writes: Writes = {
    insert: (type, row) =>
      turns(async () => {
        const table = tableOf(type);
        const id = newRowId(table, row);
        const here = table.device.pushOnly ? null : await read(type, id);
        await write(dated(table, insertOrUpdate(table, id, row, here, at())), here);
        return id;
      }),
    update: (type, id, set, seen) =>
      turns(async () => {
        const here = await read(type, id);
        if (!here) throw new NotWritableError(type, `there is no row ${id} on this device`);
        await write(basedOn(updateEdit(tableOf(type), id, set, at()), here, seen), here);
      }),
    remove: (type, id) => turns(() => remove(type, id)),
  };

  async function remove(type: TableName, id: string): Promise<void> {
    const table = tableOf(type);
    const here = await read(type, id);
    if (!here) return;
    const edit = deleteEdit(table, id, at());
    const last = outbox.of(edit.key).at(-1);
    const neverSent = last !== undefined && !last.sent && joins(table, last, edit);
    if (!table.device.delete && !neverSent) throw new NotWritableError(type, 'a device deletes no rows here');
    await write(edit, here);
  }

  /** After a crash between queue and replica: every row with unsent writes is shown from its master again. */
  async function restoreOverlays(): Promise<void> {
    const rows = outbox.rows.get().filter(({ type }) => familyOf(type) && !tableOf(type).device.pushOnly);
    await show([...new Map(rows.map((row) => [row.key, row])).values()], (key) => outbox.master(key));
  }

  await restoreOverlays();
  return {
    device,
    database,
    outbox,
    turns,
    writes,
    take,
    show: (rows, masterFor, without) => show(rows, masterFor, { without }),
    read,
    setLeaving: (test) => void (isLeaving = test),
    onTaken(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    startFullSet() {
      blank.clear();
      fullSet = new Set();
      for (const family of openFamilies) void isBlank(family);
      return fullSet;
    },
    endFullSet: () => void (fullSet = null),
    noteSettled(masters) {
      for (const [key, master] of masters) if (master) fullSet?.add(key);
      for (const listener of listeners) listener([...masters.keys()]);
    },
    async close() {
      // What is under way ends first: a write that was promised must be whole.
      await turns(async () => undefined);
      await database.close();
      device.close();
    },
  };
}
