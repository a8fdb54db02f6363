import { afterEach, expect, it } from 'vitest';
import { createTestDevice, testUserId } from '../testing/test-device.ts';
import { deviceStores } from './device-database.ts';
import { replicaSchema } from './replica-database.ts';
import { until } from './store.ts';

const first = { ...replicaSchema };
const releases = deviceStores.length;
afterEach(() => {
  Object.assign(replicaSchema, first);
  deviceStores.splice(releases);
});

it('a release with other schemas takes over what is there, also what was never sent, without a network', async () => {
  const device = createTestDevice();
  const replica = await device.openSynced();
  await replica.close();
  const offline = await device.open({ offline: true });
  const id = await offline.writes.insert('lesson_notes', {
    user_id: testUserId,
    lesson_id: crypto.randomUUID(),
    at_seconds: null,
    body: 'Written before the update',
    copy_of: null,
  });
  await offline.close();

  Object.assign(replicaSchema, { version: 1, indexes: [['type'], ['type', 'v']] });
  deviceStores.push({ outbox: '++seq, key, type' });
  const updated = await device.open({ offline: true });
  expect(await updated.find('lesson_notes', { id })).toMatchObject([{ body: 'Written before the update' }]);
  expect(updated.pending.get()).toMatchObject([{ id }]);
  await updated.close();

  const online = await device.open();
  await until(online.syncState, ({ status, waiting }) => status === 'uptodate' && waiting === 0);
  expect(await online.find('lesson_notes', { id })).toMatchObject([{ body: 'Written before the update' }]);
  await online.destroy();
});
