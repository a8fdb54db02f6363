import { Dexie, type DexieOptions } from 'dexie';

/** Deletes a person's databases from this device: replica, queue, drafts, files. The replica must be closed. Null: the queue stays. */
export async function deleteReplica(
  replicaName: string,
  deviceName: string | null,
  options: DexieOptions = {},
): Promise<void> {
  const factory = (options.indexedDB ?? globalThis.indexedDB) as IDBFactory;
  const known = (await factory.databases()).map(({ name = '' }) => name);
  // By name, so that what an earlier version of the app left is found too.
  const replica = known.filter((name) => name.startsWith(`rxdb-dexie-${replicaName}--`));
  // The queue's first, with the checkpoint in it: rows without a checkpoint are fetched anew, a checkpoint without rows never.
  for (const name of [...(deviceName ? [deviceName] : []), ...replica]) await new Dexie(name, options).delete();
}
