import type { RxStorageInstanceCreationParams } from 'rxdb';
import { RxStorageDexie, type RxStorageInstanceDexie } from 'rxdb/plugins/storage-dexie';
import { FamilyStore, type Settings } from './family-store.ts';

/**
 * RxDB's Dexie storage, laid out for a replica (docs/decisions/0050). The key is `type|id`, so the rows of a table are a range of
 * it and no second index has to be kept; only the few skeletons of deleted documents are indexed, to be found again. New
 * documents are added without being asked for first, and questions are read by pages, not row by row.
 */
export class ReplicaStorage extends RxStorageDexie {
  override async createStorageInstance<T>(
    params: RxStorageInstanceCreationParams<T, Settings>,
  ): Promise<RxStorageInstanceDexie<T>> {
    // RxDB's own bookkeeping, of collections and of a takeover by another schema, has other keys and a handful of rows.
    if (params.schema.primaryKey !== 'key') return super.createStorageInstance(params);
    const store = new FamilyStore(this, params);
    // A database that does not open is told to whoever opens the replica.
    await store.internals;
    return store;
  }
}
