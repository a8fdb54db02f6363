import { Dexie } from 'dexie';
import { IDBFactory, IDBKeyRange, IDBObjectStore } from 'fake-indexeddb';
import { OPEN_COLLECTIONS } from 'rxdb';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { place, type Placement } from '../apply.ts';
import type { ReplicaDoc } from '../documents.ts';
import { collectionOf, openReplicaDatabase, replicaSchema, type ReplicaDatabase } from '../replica-database.ts';
import { ReplicaStorage } from './replica-storage.ts';

const disk = () => ({ indexedDB: new IDBFactory(), IDBKeyRange });

describe('the storage of the replica', () => {
  let database: ReplicaDatabase;
  let options = disk();
  const open = async () => {
    OPEN_COLLECTIONS.clear();
    database = await openReplicaDatabase('test', new ReplicaStorage(options));
  };
  beforeEach(async () => {
    options = disk();
    await open();
  });
  afterEach(() => database.close());
  const find = async (selector: Record<string, unknown>, more: Record<string, unknown> = {}) =>
    (
      await collectionOf(database, 'messages')
        .find({ selector, ...more } as never)
        .exec()
    ).map(({ id }) => id);

  it('answers questions as RxDB does over all documents: by table, by id, sorted, limited, without the deleted', async () => {
    const docs = [
      ...['c', 'a', 'd', 'b'].map((id, at) => placement('messages', id, { at })),
      placement('thread_members', 'a', { at: 9 }),
    ];
    await place(database, 'messages', docs);
    await place(database, 'messages', [{ ...docs[2]!, doc: null }]);
    expect(await find({ type: 'messages' })).toEqual(['a', 'b', 'c']);
    expect(await find({ type: 'messages', id: 'b' })).toEqual(['b']);
    expect(await find({ type: 'messages', id: 'd' })).toEqual([]);
    expect(await find({ type: 'messages', at: { $lt: 2 } })).toEqual(['a', 'c']);
    expect(await find({ type: 'messages' }, { sort: [{ at: 'desc' }], limit: 2 })).toEqual(['b', 'a']);
    expect(await find({ type: 'messages' }, { skip: 1, limit: 1 })).toEqual(['b']);
    expect(await find({})).toHaveLength(4);
    expect(await collectionOf(database, 'messages').count().exec()).toBe(4);
  });

  it('reads more than one page, in the order of keys', async () => {
    const ids = Array.from({ length: 1000 }, (_, at) => String(at).padStart(4, '0'));
    for (let from = 0; from < 1000; from += 250) {
      await place(
        database,
        'messages',
        ids.slice(from, from + 250).map((id) => placement('messages', id)),
        true,
      );
    }
    expect(await find({ type: 'messages' })).toEqual(ids);
  });

  it('reads only the rows that are asked for by their ids', async () => {
    const pages = vi.spyOn(IDBObjectStore.prototype, 'getAll');
    const docs = ['a', 'b', 'c', 'd'].map((id, at) => placement('messages', id, { at }));
    await place(database, 'messages', [...docs, placement('thread_members', 'a')]);
    await place(database, 'messages', [{ ...docs[2]!, doc: null }]);
    pages.mockClear();
    expect(await find({ type: 'messages', id: { $in: ['d', 'none', 'c', 'a', 'a'] } })).toEqual(['a', 'd']);
    expect(await find({ type: 'messages', id: { $in: ['a', 'd'] }, at: { $gt: 0 } })).toEqual(['d']);
    expect(pages).not.toHaveBeenCalled();
    expect(await find({ type: 'messages', at: { $gt: 0 } })).toEqual(['b', 'd']);
    expect(pages).toHaveBeenCalled();
    pages.mockRestore();
  });

  it('adds what is new unasked, and looks where one of them is there after all', async () => {
    const heard: string[] = [];
    collectionOf(database, 'messages').$.subscribe(({ operation, documentId }) =>
      heard.push(`${operation} ${documentId}`),
    );
    await place(database, 'messages', [placement('messages', 'a', { text: 'old' })], true);
    await place(database, 'messages', [placement('messages', 'b'), placement('messages', 'a', { text: 'new' })], true);
    expect(await find({ type: 'messages', text: 'new' })).toEqual(['a']);
    expect(await find({ type: 'messages' })).toEqual(['a', 'b']);
    expect(heard.toSorted()).toEqual(['INSERT messages|a', 'INSERT messages|b', 'UPDATE messages|a']);
  });

  it('brings back what was deleted', async () => {
    await place(database, 'messages', [placement('messages', 'a')]);
    await place(database, 'messages', [{ ...placement('messages', 'a'), doc: null }]);
    await place(database, 'messages', [placement('messages', 'a', { text: 'again' })], true);
    expect(await find({ type: 'messages', text: 'again' })).toEqual(['a']);
  });

  it('writes nothing of a bulk that fails, and says so', async () => {
    const [good, bad] = [placement('messages', 'a'), placement('messages', 'b', { broken: () => undefined })];
    for (const areNew of [true, false]) {
      await expect(place(database, 'messages', [good, bad], areNew)).rejects.toThrow('could not be written');
      expect(await find({ type: 'messages' })).toEqual([]);
    }
  });

  it('gives a later release all of it, page by page', { timeout: 60_000 }, async () => {
    const first = { ...replicaSchema };
    const ids = Array.from({ length: 250 }, (_, at) => String(at).padStart(4, '0'));
    await place(
      database,
      'messages',
      ids.map((id) => placement('messages', id)),
    );
    await place(database, 'messages', [{ ...placement('messages', '0200'), doc: null }]);
    await database.close();
    try {
      Object.assign(replicaSchema, { version: 1, indexes: [['type'], ['type', 'v']] });
      await open();
      expect(await find({ type: 'messages' })).toEqual(ids.filter((id) => id !== '0200'));
    } finally {
      Object.assign(replicaSchema, first);
    }
  });

  it('keeps what an app of before stored in the layout of RxDB', async () => {
    await database.close();
    OPEN_COLLECTIONS.clear();
    options = disk();
    database = await openReplicaDatabase('test', getRxStorageDexie(options));
    await place(database, 'messages', [placement('messages', 'a'), placement('messages', 'b')]);
    await place(database, 'messages', [{ ...placement('messages', 'b'), doc: null }]);
    await database.close();
    await open();
    expect(await find({ type: 'messages' })).toEqual(['a']);
    expect(await collectionOf(database, 'messages').count().exec()).toBe(1);
    await place(database, 'messages', [placement('messages', 'a', { text: 'new' }), placement('messages', 'c')]);
    expect(await find({ type: 'messages' })).toEqual(['a', 'c']);
    const raw = await new Dexie('rxdb-dexie-test--0--messages', options).open();
    expect(raw.table('docs').schema.indexes.map(({ name }) => name)).toEqual(['_deleted']);
    raw.close();
  });
});

function placement(type: string, id: string, columns: Record<string, unknown> = {}): Placement {
  const key = `${type}|${id}`;
  return { key, type, id, doc: { key, type, id, v: 'v1', ...columns } as ReplicaDoc };
}
