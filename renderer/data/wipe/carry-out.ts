import type { DexieOptions } from 'dexie';
import type { DesktopBridge } from '#desktop/index.ts';
import { deleteReplica } from '../delete-replica.ts';
import { DeviceDatabase } from '../device-database.ts';
import { forgetSealer, openSealer } from '../sealing.ts';
import { isQuotaError } from '../storage-space.ts';
import type { HeldDatabase, WipeRow, WipeStep } from './held-database.ts';
import { sealWork } from './seal-work.ts';

export type WipeGround = {
  held: HeldDatabase;
  desktop: DesktopBridge | null;
  indexedDB: Pick<DexieOptions, 'indexedDB' | 'IDBKeyRange'>;
  /** Names of a person's databases on this device. */
  namesOf(userId: string): { replica: string; device: string };
  /** Deletes the person's sign-in record. */
  forgetSession(userId: string): Promise<unknown>;
};

/** Takes one step of a wipe and writes down that it is taken. Each may be taken twice: a power cut can fall between the two. */
const steps: Record<Exclude<WipeStep, 'done'>, (ground: WipeGround, wipe: WipeRow) => Promise<void>> = {
  async seal(ground, wipe) {
    await onDevice(ground, wipe, async (device) => {
      const sealer = await openSealer(device, ground.desktop, wipe.user_id);
      try {
        await sealWork(ground.held, device, sealer, wipe);
      } catch (error) {
        if (!isQuotaError(error)) throw error;
        // What the server has anyway makes room for what it has not.
        await deleteReplica(ground.namesOf(wipe.user_id).replica, null, ground.indexedDB);
        await sealWork(ground.held, device, sealer, wipe);
      }
    });
  },
  async keys(ground, wipe) {
    await onDevice(ground, wipe, (device) => forgetSealer(device, ground.desktop, wipe.user_id));
    if (!wipe.keeps_session) await ground.forgetSession(wipe.user_id);
    await ground.held.wipes.update(wipe.user_id, { step: 'data' });
  },
  async data(ground, wipe) {
    const { replica, device } = ground.namesOf(wipe.user_id);
    await deleteReplica(replica, device, ground.indexedDB);
    await forgetMedia(ground.desktop);
    await ground.held.wipes.update(wipe.user_id, { step: 'done' });
  },
};

/** Goes on from wherever the wipe stands until nothing of the person can be read here. */
export async function carryOut(ground: WipeGround, userId: string): Promise<void> {
  for (;;) {
    const wipe = await ground.held.wipes.get(userId);
    if (!wipe || wipe.step === 'done') return;
    await steps[wipe.step](ground, wipe);
  }
}

async function onDevice(
  ground: WipeGround,
  { user_id }: WipeRow,
  work: (device: DeviceDatabase) => Promise<void>,
): Promise<void> {
  const device = new DeviceDatabase(ground.namesOf(user_id).device, ground.indexedDB);
  try {
    await work(device);
  } finally {
    device.close();
  }
}

/** Recordings kept for offline, with their keys. Another person who kept some on this device fetches them again. */
async function forgetMedia(desktop: DesktopBridge | null): Promise<void> {
  if (!desktop) return;
  for (const { lesson_id } of await desktop.invoke('media.list', undefined))
    await desktop.invoke('media.remove', { lesson_id });
}
