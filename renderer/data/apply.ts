import type { BulkWriteRow } from 'rxdb';
import { deepEqual, registerMutableWriteContext } from 'rxdb';
import type { Family } from '#contract/tables/index.ts';
import { familyOf, type Master, type ReplicaDoc } from './documents.ts';
import { collectionOf, type ReplicaDatabase, type StoredDoc } from './replica-database.ts';

/** One document as the replica shall hold it; `doc` null = gone. */
export type Placement = { key: string; type: string; id: string; doc: Master };

/** A document could not be written; the checkpoint must not move past it. */
export class ApplyError extends Error {
  constructor(family: string, cause: unknown) {
    super(`documents of ${family} could not be written`, { cause });
    this.name = 'ApplyError';
  }
}

/** Most documents one write may carry: larger ones block the page for longer than a frame (sync.md, finding 8). */
export const chunkSize = 500;

/** Writes of these contexts hand over copies of their own, so RxDB need not copy them again; it takes new documents only this way. */
export const contexts = { change: 'growthos-apply', arrival: 'growthos-arrival' } as const;
registerMutableWriteContext(contexts.arrival);

/**
 * Makes one family's collection hold these documents, through the storage's own `bulkWrite` so that live queries hear of it.
 * Unlike RxDB's replication every error is thrown: a document that was not written is never passed over (hazards H3–H7).
 * `areArriving`: none of them is expected to be there, so they are not looked up; one that is there costs a second try. One that is to go
 * always is looked up, for nothing else tells that it was there after all.
 */
export async function place(
  database: ReplicaDatabase,
  family: Family,
  placements: readonly Placement[],
  areArriving = false,
): Promise<void> {
  const areNew = areArriving && placements.every(({ doc }) => doc !== null);
  const collection = collectionOf(database, family);
  const storage = collection.storageInstance;
  const stored = new Map<string, StoredDoc>();
  const keys = placements.map(({ key }) => key);
  try {
    for (const doc of areNew ? [] : await storage.findDocumentsById(keys, true)) stored.set(doc.key, doc);
    const rows = placements.flatMap((placement) => writeOf(placement, stored.get(placement.key)));
    if (rows.length === 0) return;
    const { error } = await storage.bulkWrite(rows, areNew ? contexts.arrival : contexts.change);
    if (error.length === 0) return;
    if (!areNew || error.some(({ status }) => status !== 409)) throw error[0];
  } catch (cause) {
    throw new ApplyError(family, cause);
  }
  return place(database, family, placements);
}

/** The write that turns what is stored into what shall be; none where it is so already. */
function writeOf(placement: Placement, previous: StoredDoc | undefined): BulkWriteRow<ReplicaDoc>[] {
  const { doc, key, type, id } = placement;
  if (!doc) {
    if (!previous || previous._deleted) return [];
    // Only the skeleton stays: what a person may no longer read is overwritten at once.
    const skeleton = { key, type, id, v: previous.v };
    return [{ previous, document: { ...skeleton, ...technical(previous), _deleted: true } }];
  }
  if (previous && !previous._deleted && sameColumns(previous, doc)) return [];
  return [{ ...(previous ? { previous } : {}), document: { ...doc, ...technical(previous), _deleted: false } }];
}

/** RxDB's own fields; `_rev` and `lwt` are set by the storage wrapper. */
const technical = (previous: StoredDoc | undefined) => ({
  _attachments: {},
  _meta: { ...previous?._meta, lwt: previous?._meta.lwt ?? 1 },
  _rev: previous?._rev ?? '1-new',
});

/** By content, not by token alone: the same state has another body when a lesson opens for its reader. */
function sameColumns(stored: StoredDoc, doc: ReplicaDoc): boolean {
  // The token is a column like any other, and the one that tells most of them apart at once.
  if (stored.v !== doc.v) return false;
  const { _attachments, _meta, _rev, _deleted, ...columns } = stored;
  return deepEqual(columns, doc);
}

/** Sorts placements by family, leaving out tables this app does not know. */
export function byFamily(placements: readonly Placement[]): Map<Family, Placement[]> {
  const sorted = new Map<Family, Placement[]>();
  for (const placement of placements) {
    const family = familyOf(placement.type);
    if (!family) continue;
    const list = sorted.get(family);
    if (list) list.push(placement);
    else sorted.set(family, [placement]);
  }
  return sorted;
}

type TaskOptions = { priority: 'background' | 'user-visible'; delay?: number };
type Scheduler = { postTask?: (work: () => void, options: TaskOptions) => Promise<void> };

/** A page that is never idle for so long must not hold up what the person waits for. */
const longestBreathMs = 100;

/** Lets the page draw and answer before the next chunk: whatever else has to be done here goes first, but not for ever. */
export function breathe(): Promise<void> {
  const { scheduler, setImmediate: next } = globalThis as {
    scheduler?: Scheduler;
    setImmediate?: (then: () => void) => void;
  };
  // Node, in tests and measurements, has no such scheduler; its timers would add a millisecond to every chunk.
  if (!scheduler?.postTask) return new Promise((resolve) => (next ?? setTimeout)(resolve));
  const turn = (options: TaskOptions) => scheduler.postTask!(() => undefined, options);
  return Promise.race([turn({ priority: 'background' }), turn({ priority: 'user-visible', delay: longestBreathMs })]);
}
