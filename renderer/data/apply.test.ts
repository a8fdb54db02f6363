import { OPEN_COLLECTIONS } from 'rxdb';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import { afterEach, expect, test, vi } from 'vitest';
import { breathe, place } from './apply.ts';
import { countRows, openReplicaDatabase } from './replica-database.ts';

type Asked = { priority: string; delay?: number };
afterEach(() => void vi.unstubAllGlobals());

/** A page's scheduler; `serve` runs what was asked for with this priority. */
function stubScheduler() {
  const asked: (Asked & { run: () => void })[] = [];
  vi.stubGlobal('scheduler', {
    postTask: (work: () => void, options: Asked) =>
      new Promise<void>((resolve) => asked.push({ ...options, run: () => resolve(work()) })),
  });
  return {
    asked,
    serve: (priority: string) => asked.filter((task) => task.priority === priority).forEach(({ run }) => run()),
  };
}

test('between two chunks everything else goes first', async () => {
  const { asked, serve } = stubScheduler();
  const breath = breathe();
  expect(asked.map(({ priority }) => priority)).toContain('background');
  serve('background');
  await breath;
});

test('a page that is never idle does not hold a first sync up for ever', async () => {
  const { asked, serve } = stubScheduler();
  const breath = breathe();
  const last = asked.find(({ priority }) => priority === 'user-visible');
  expect(last?.delay).toBeGreaterThan(0);
  serve('user-visible');
  await breath;
});

test('a row that is to go goes, also where nothing was thought to be there', async () => {
  OPEN_COLLECTIONS.clear();
  const database = await openReplicaDatabase('test', getRxStorageMemory());
  const name = { key: 'messages|a', type: 'messages', id: 'a' };
  await place(database, 'messages', [{ ...name, doc: { ...name, v: '1' } }], true);
  await place(database, 'messages', [{ ...name, doc: null }], true);
  expect(await countRows(database, 'messages')).toBe(0);
  await database.close();
});
