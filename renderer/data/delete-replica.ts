import { Dexie, type DexieOptions } from 'dexie';
import { openFamilies, replicaSchema } from './replica-database.ts';

/** Deletes a person's databases from this device: replica, queue, drafts, files. The replica must be closed. */
export async function deleteReplica(
  replicaName: string,
  deviceName: string,
  options: DexieOptions = {},
): Promise<void> {
  const internal = `rxdb-dexie-${replicaName}--0--_rxdb_internal`;
  const collections = openFamilies.map((family) => `rxdb-dexie-${replicaName}--${replicaSchema.version}--${family}`);
  for (const name of [deviceName, internal, ...collections]) await new Dexie(name, options).delete();
}
