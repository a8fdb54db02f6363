import { createRxDatabase } from 'rxdb';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';

const text = { type: 'string' };
const maybe = { type: ['string', 'null'] };
const schema = {
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: {
    id: { type: 'string', maxLength: 40 },
    type: text,
    v: text,
    user_id: text,
    lesson_id: text,
    at_seconds: { type: ['number', 'null'] },
    body: text,
    copy_of: maybe,
    client_at: maybe,
    created_at: text,
  },
  required: ['id'],
};

/** `warm` is the place of the pushes that are not counted. */
let serial = 0;
export async function openNotes() {
  const database = await createRxDatabase({
    name: `bench${process.pid}x${serial++}`,
    storage: getRxStorageMemory(),
    multiInstance: false,
  });
  await database.addCollections({ notes: { schema }, warm: { schema } });
  return database;
}
