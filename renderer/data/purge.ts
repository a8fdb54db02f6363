import type { Table } from 'dexie';
import type { Core } from './core.ts';
import { collectionOf, openFamilies } from './replica-database.ts';

/** What RxDB's Dexie storage keeps behind `internals`; other storages have something else there. */
type DexieInternals = { dexieTable?: Table<unknown, string> };

/**
 * Removes the skeletons of deleted documents, which RxDB keeps for replications of its own. Its cleanup would load every old
 * document into the page (sync.md 1.3); this deletes by key. In turns, because a write may be about to build on a skeleton. Ends
 * early where the replica is being closed: there is always a next time.
 */
export async function purgeDeleted(core: Core, signal: AbortSignal): Promise<number> {
  let purged = 0;
  for (const family of openFamilies) {
    if (signal.aborted) break;
    const internals = collectionOf(core.database, family).internalStorageInstance.internals as Promise<DexieInternals>;
    const { dexieTable } = await internals;
    if (!dexieTable) continue;
    purged += await core.turns(async () => dexieTable.where('_deleted').equals('1').delete());
  }
  return purged;
}
