import { addRxPlugin, type BulkWriteRow } from 'rxdb';
import type { Family } from '#contract/tables/index.ts';
import type { ReplicaDoc } from './documents.ts';

type Writing = { storageInstance: { collectionName: string }; rows: BulkWriteRow<ReplicaDoc>[] };

/**
 * A document that changes keeps the time of its first write (`_meta.lwt`), which nobody asks of a replica; only one that goes or comes
 * back gets another, by which RxDB's cleanup goes. The memory storage keeps two orders by that time, and moves a document to the end
 * of both whenever it is another (decision 71).
 */
export function keepWriteTimes(replicated: readonly Family[]): void {
  const names = new Set<string>(replicated);
  addRxPlugin({
    name: 'growthos-write-times',
    rxdb: true,
    hooks: {
      preStorageWrite: {
        after({ storageInstance, rows }: Writing) {
          if (!names.has(storageInstance.collectionName)) return;
          for (const { document, previous } of rows)
            if (previous && !previous._deleted && !document._deleted) document._meta.lwt = previous._meta.lwt;
        },
      },
    },
  });
}
