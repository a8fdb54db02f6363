import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { describe, expect, it } from 'vitest';
import { createFakeDesktop } from '../testing/fake-desktop.ts';
import { DeviceDatabase } from './device-database.ts';
import { openSealer } from './sealing.ts';

const userId = '0192f000-0000-7000-8000-000000000001';
const newDevice = () => new DeviceDatabase('device', { indexedDB: new IDBFactory(), IDBKeyRange });

describe('sealing', () => {
  it('opens what it sealed, also after a restart, in the browser and on the desktop', async () => {
    for (const desktop of [null, createFakeDesktop()]) {
      const device = newDevice();
      const sealed = await (await openSealer(device, desktop, userId)).sealJson({ text: 'half a thought' });
      expect(new TextDecoder().decode(sealed.box)).not.toContain('thought');
      expect(await (await openSealer(device, desktop, userId)).openJson(sealed)).toEqual({ text: 'half a thought' });
      expect(await device.keys.count()).toBe(desktop ? 0 : 1);
    }
  });

  it('gives the page a key it can use but not read', async () => {
    const device = newDevice();
    await openSealer(device, null, userId);
    const stored = await device.keys.get('seal');
    expect(stored).toMatchObject({ key: { extractable: false } });
  });

  it('serves itself where the operating system keeps nothing', async () => {
    const device = newDevice();
    const desktop = createFakeDesktop({ 'secrets.set': () => ({ stored: false }) });
    const sealed = await (await openSealer(device, desktop, userId)).sealJson('kept');
    expect(
      await (
        await openSealer(device, createFakeDesktop({ 'secrets.set': () => ({ stored: false }) }), userId)
      ).openJson(sealed),
    ).toBe('kept');
  });

  it('never opens another person’s, or spoiled bytes', async () => {
    const desktop = createFakeDesktop();
    const mine = await openSealer(newDevice(), desktop, userId);
    const theirs = await openSealer(newDevice(), desktop, userId.replace(/1$/, '2'));
    const sealed = await mine.sealJson('secret');
    expect(await theirs.openJson(sealed)).toBeNull();
    new Uint8Array(sealed.box)[0]! ^= 1;
    expect(await mine.openJson(sealed)).toBeNull();
  });
});
