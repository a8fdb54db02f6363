import { IDBKeyRange } from 'fake-indexeddb';
import { changeMark, DeviceDatabase, deviceStores, readMark } from '../../renderer/data/device-database.ts';
import { replicaSchema } from '../../renderer/data/replica-database.ts';
import { releaseHere } from './computer.ts';
import type { Disk } from './disk.ts';

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

/** A table of rows that no device writes and nearly everybody sees. */
const laterTable = 'courses';

/** Lets an installed app be one that did not know a table yet: it passed over its rows. `owner` names the closed databases. */
export async function forgetATable(owner: string, disk: Disk): Promise<void> {
  const device = new DeviceDatabase(`growthos-device-${owner}`, disk.options);
  const known = (await readMark(device)).tables?.split(' ') ?? [];
  await changeMark(device, { tables: known.filter((table) => table !== laterTable).join(' ') });
  device.close();
  await disk.remove(`growthos-${owner}`, IDBKeyRange.bound(`${laterTable}|`, `${laterTable}|\uffff`));
}
