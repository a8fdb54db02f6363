import { OPEN_COLLECTIONS } from 'rxdb';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { place, type Placement } from './apply.ts';
import { collectionOf, openReplicaDatabase, type ReplicaDatabase } from './replica-database.ts';

describe('the time of a document', () => {
  let database: ReplicaDatabase;
  beforeEach(async () => {
    OPEN_COLLECTIONS.clear();
    database = await openReplicaDatabase('test', getRxStorageMemory());
  });
  afterEach(() => database.close());
  const messages = () => collectionOf(database, 'messages');
  const stored = async (id: string) =>
    (await messages().storageInstance.findDocumentsById([`messages|${id}`], true))[0]!;

  it('is that of its first write for as long as it is there, while every write has a revision of its own', async () => {
    await place(database, 'messages', [placement('a', 'first')]);
    const before = await stored('a');
    await place(database, 'messages', [placement('a', 'second')]);
    const after = await stored('a');
    expect(after).toMatchObject({ body: 'second', _meta: before._meta });
    expect(after._rev).not.toBe(before._rev);
  });

  it('is another when it goes and when it comes back, so that a cleanup never takes what left a moment ago', async () => {
    await place(database, 'messages', [placement('a', 'first')]);
    const { lwt: made } = (await stored('a'))._meta;
    await place(database, 'messages', [placement('a', null)]);
    const { lwt: left } = (await stored('a'))._meta;
    await place(database, 'messages', [placement('a', 'again')]);
    const { lwt: back } = (await stored('a'))._meta;
    expect([left > made, back > left]).toEqual([true, true]);
  });

  it('changes nothing for who watches: questions and documents hear of every write', async () => {
    await place(database, 'messages', [placement('a', 'first'), placement('b', 'other')]);
    const heard: string[][] = [];
    const watching = messages()
      .find({ selector: { type: 'messages' }, sort: [{ body: 'asc' }] })
      .$.subscribe((documents) => heard.push(documents.map((document) => document.toJSON()['body'] as string)));
    const [document] = await messages()
      .find({ selector: { id: 'a' } })
      .exec();
    await place(database, 'messages', [placement('a', 'second'), placement('b', 'a third')]);
    await place(database, 'messages', [placement('a', 'zebra')]);
    await expect.poll(() => heard.at(-1)).toEqual(['a third', 'zebra']);
    expect(document!.getLatest().toJSON()).toMatchObject({ body: 'zebra' });
    watching.unsubscribe();
  });
});

const placement = (id: string, body: string | null): Placement => {
  const name = { key: `messages|${id}`, type: 'messages', id };
  return { ...name, doc: body === null ? null : { ...name, v: crypto.randomUUID(), body } };
};
