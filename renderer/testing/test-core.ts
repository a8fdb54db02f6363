import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { OPEN_COLLECTIONS } from 'rxdb';
import { openCore, type Core } from '../data/core.ts';
import { DeviceDatabase } from '../data/device-database.ts';
import { ReplicaStorage } from '../data/storage/replica-storage.ts';
import { createClock } from '../platform/clock.ts';

/** A replica on an empty disk, and nobody who sends or pulls. */
export function openTestCore(): Promise<Core> {
  OPEN_COLLECTIONS.clear();
  const disk = { indexedDB: new IDBFactory(), IDBKeyRange };
  const clock = createClock(
    { getItem: () => null, setItem: () => undefined },
    { wall: Date.now, monotonic: () => performance.now() },
  );
  return openCore({
    device: new DeviceDatabase('device', disk),
    name: `core-${crypto.randomUUID()}`,
    storage: new ReplicaStorage(disk),
    stamp: clock.stamp,
    onTrouble: () => undefined,
  });
}
