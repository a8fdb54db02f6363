import type { DexieOptions } from 'dexie';
import { changeMark, DeviceDatabase, deviceStores, readMark } from '../../renderer/data/device-database.ts';
import { replicaSchema } from '../../renderer/data/replica-database.ts';

const first = { ...replicaSchema };

/** Gives this process the schemas of a later release: a replica with another index, a device database with another table. */
export function installRelease(release: number): void {
  Object.assign(replicaSchema, first, {
    version: first.version + release,
    indexes: release === 0 ? first.indexes : [['type'], ['type', 'v']],
  });
  deviceStores.splice(1);
  for (let one = 1; one <= release; one++) deviceStores.push({ [`release_${one}`]: 'key', outbox: '++seq, key, type' });
}

/** Lets an installed app be one that did not know a table yet. */
export async function forgetATable(name: string, options: DexieOptions): Promise<void> {
  const device = new DeviceDatabase(name, options);
  const known = (await readMark(device)).tables?.split(' ') ?? [];
  await changeMark(device, { tables: known.filter((table) => table !== 'notifications').join(' ') });
  device.close();
}
