import type { RxStorage } from 'rxdb';
import { docKey } from '#contract/tables/index.ts';
import { ApplyError } from './apply.ts';
import type { DeviceDatabase } from './device-database.ts';
import { familyOf, type Master, type ReplicaDoc } from './documents.ts';
import { createFullSet, type FullSet } from './full-set.ts';
import { createLocalWrites, type LocalWritesParts } from './local-writes.ts';
import { openOutbox, type Outbox } from './outbox.ts';
import { createReceiving, type Receiving } from './receiving.ts';
import { collectionOf, openReplicaDatabase, type ReplicaDatabase } from './replica-database.ts';
import { noteReplicaRelease } from './replica-release.ts';
import { createShowing, type Showing } from './showing.ts';
import { createTurns, type Turns } from './turns.ts';
import type { Writes } from './types.ts';
import { tableOf } from './writing.ts';

/**
 * The replica and what lies beside it, without any network. Writes of the person come in by `writes`, rows of the server by `receive`;
 * both end in `show`, which lays the one over the other.
 */
export type Core = Omit<Receiving, 'noteFullSet'> & {
  device: DeviceDatabase;
  database: ReplicaDatabase;
  outbox: Outbox;
  turns: Turns;
  writes: Writes;
  show: Showing['show'];
  /** The row a screen sees now. */
  read(type: string, id: string): Promise<Master>;
  /** Whoever sends says whether a write that is made now leaves at once. */
  setLeaving(test: () => boolean): void;
  /** Collects the keys of a full set from what is received until its end; rows that a verdict confirms meanwhile count as in it. */
  startFullSet: FullSet['start'];
  endFullSet: FullSet['end'];
  /** The family held nothing when the full set that is coming in began. */
  wasBlank: FullSet['isBlank'];
  close(): Promise<void>;
};

export type CoreParts = Pick<LocalWritesParts, 'stamp' | 'evidence' | 'onTrouble'> & {
  device: DeviceDatabase;
  name: string;
  storage: RxStorage<unknown, unknown>;
};

export async function openCore(parts: CoreParts): Promise<Core> {
  await noteReplicaRelease(parts.device);
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
  const { device, stamp, evidence, onTrouble } = parts;
  const outbox = await openOutbox(device);
  const turns = createTurns();
  const fullSet = createFullSet(database);
  const showing = createShowing({ database, outbox, fullSet });
  const receiving = createReceiving({ outbox, turns, fullSet, showing });
  const read = (type: string, id: string): Promise<Master> => readRow(database, type, id);
  let isLeaving = (): boolean => false;
  const writes = createLocalWrites({
    outbox,
    turns,
    showing,
    read,
    stamp,
    evidence,
    isLeaving: () => isLeaving(),
    onTrouble,
  });

  await restoreOverlays(outbox, showing, onTrouble);
  return {
    ...receiving,
    device,
    database,
    outbox,
    turns,
    writes,
    show: showing.show,
    read,
    setLeaving: (test) => void (isLeaving = test),
    startFullSet() {
      receiving.noteFullSet();
      return fullSet.start();
    },
    endFullSet: fullSet.end,
    wasBlank: fullSet.isBlank,
    async close() {
      // What is under way ends first: a write that was promised must be whole.
      await turns(async () => undefined);
      await database.close();
      device.close();
    },
  };
}

async function readRow(database: ReplicaDatabase, type: string, id: string): Promise<Master> {
  const family = familyOf(type);
  if (!family) return null;
  const [stored] = await collectionOf(database, family).storageInstance.findDocumentsById([docKey(type, id)], false);
  if (!stored) return null;
  const { _attachments, _deleted, _meta, _rev, ...doc } = stored;
  return doc as ReplicaDoc;
}

/**
 * After a crash between queue and replica: every row with unsent writes is shown from its master again. A disk that takes nothing
 * now keeps nobody out: they are safe in the queue, and shown as soon as it lets them.
 */
async function restoreOverlays(
  outbox: Outbox,
  { show, unshown }: Showing,
  onTrouble: CoreParts['onTrouble'],
): Promise<void> {
  const written = outbox.rows.get().filter(({ type }) => familyOf(type) && !tableOf(type).device.pushOnly);
  const rows = [...new Map(written.map((row) => [row.key, row])).values()];
  try {
    await show(rows, (key) => outbox.master(key));
  } catch (error) {
    if (!(error instanceof ApplyError)) throw error;
    for (const row of rows) unshown.add(row, outbox.master(row.key));
    onTrouble(error);
  }
}
