import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { describe, expect, it } from 'vitest';
import { DeviceDatabase } from './device-database.ts';
import { createDrafts, keptPrefix } from './drafts.ts';
import { openSealer } from './sealing.ts';
import { until } from './store.ts';

const userId = '0192f000-0000-7000-8000-000000000001';
const newDevice = () => new DeviceDatabase('device', { indexedDB: new IDBFactory(), IDBKeyRange });
const at = new Date('2026-11-22T10:00:00.000Z');

describe('drafts', () => {
  async function drafts(device = newDevice()) {
    return { device, drafts: createDrafts(device, await openSealer(device, null, userId), () => at) };
  }

  it('are there at the next start, and not readable on the disk', async () => {
    const { device, drafts: first } = await drafts();
    await first.save('work/1', { content: 'Dear mentor' });
    expect(JSON.stringify(await device.drafts.toArray())).not.toContain('Dear mentor');
    const { drafts: second } = await drafts(device);
    const store = second.draft('work/1');
    expect(store.get().value).toBeUndefined();
    expect(await until(store, ({ value }) => value !== undefined)).toEqual({
      value: { content: 'Dear mentor' },
      savedAt: at,
    });
    await second.clear('work/1');
    expect(await device.drafts.count()).toBe(0);
  });

  it('show nothing where there is none, and what is typed while they are read wins', async () => {
    const { device, drafts: first } = await drafts();
    await first.save('a', 'old');
    const { drafts: second } = await drafts(device);
    const store = second.draft('a');
    const saving = second.save('a', 'new');
    await until(store, ({ value }) => value === 'new');
    await saving;
    expect(store.get().value).toBe('new');
    const none = second.draft('b');
    expect((await until(none, ({ value }) => value !== undefined)).value).toBeNull();
  });

  it('the last of many quick saves stays', async () => {
    const { device, drafts: first } = await drafts();
    await Promise.all(Array.from({ length: 20 }, (_, n) => first.save('a', n)));
    const { drafts: second } = await drafts(device);
    expect((await until(second.draft('a'), ({ value }) => value !== undefined)).value).toBe(19);
  });

  it('a save that is sealed more slowly than a later one does not replace it, even within one millisecond', async () => {
    const device = newDevice();
    const sealer = await openSealer(device, null, userId);
    const waiting: (() => void)[] = [];
    const slow: typeof sealer = {
      ...sealer,
      sealJson: (value) =>
        new Promise((resolve, reject) => waiting.push(() => sealer.sealJson(value).then(resolve, reject))),
    };
    const store = createDrafts(device, slow, () => at);
    const saves = [store.save('a', 'older'), store.save('a', 'newer')];
    waiting[1]!();
    await saves[1];
    waiting[0]!();
    await saves[0];
    expect((await store.list('a'))[0]?.value).toBe('newer');
  });

  it('keeps conflict texts for 90 days', async () => {
    const { drafts: store } = await drafts();
    await store.save(`${keptPrefix}submissions/1/2`, 'mine');
    await store.save('work/1', 'draft');
    await store.dropOldKept(new Date(at.getTime() + 89 * 86_400_000));
    expect(await store.list(keptPrefix)).toHaveLength(1);
    await store.dropOldKept(new Date(at.getTime() + 91 * 86_400_000));
    expect(await store.list(keptPrefix)).toHaveLength(0);
    expect(await store.list('work/')).toHaveLength(1);
  });
});
