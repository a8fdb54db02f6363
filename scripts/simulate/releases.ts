import type { DexieOptions } from 'dexie';
import { changeMark, DeviceDatabase, deviceStores, readMark } from '../../renderer/data/device-database.ts';
import { replicaSchema } from '../../renderer/data/replica-database.ts';
import { releaseHere } from './computer.ts';

/**
 * Each computer of this process has the schemas of its own release: a later one has another index in its replica, and another table in
 * its device database. Asked for whenever they are read, because several computers open their databases at the same time.
 */
function schemasByRelease(): void {
  const { version: firstVersion, indexes: firstIndexes } = replicaSchema;
  const [firstStores] = deviceStores;
  const define = <T>(target: object, name: string, get: () => T) =>
    Object.defineProperty(target, name, { get, enumerable: true, configurable: true });
  define(replicaSchema, 'version', () => firstVersion + releaseHere());
  define(replicaSchema, 'indexes', () => (releaseHere() === 0 ? firstIndexes : [['type'], ['type', 'v']]));
  deviceStores.entries = () => {
    const later = Array.from({ length: releaseHere() }, (_, at) => ({
      [`release_${at + 1}`]: 'key',
      outbox: '++seq, key, type',
    }));
    return [firstStores!, ...later].entries();
  };
}
schemasByRelease();

/** Lets an installed app be one that did not know a table yet. */
export async function forgetATable(name: string, options: DexieOptions): Promise<void> {
  const device = new DeviceDatabase(name, options);
  const known = (await readMark(device)).tables?.split(' ') ?? [];
  await changeMark(device, { tables: known.filter((table) => table !== 'notifications').join(' ') });
  device.close();
}
