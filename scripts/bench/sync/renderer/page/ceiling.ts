import { createRxDatabase, type RxJsonSchema } from 'rxdb/plugins/core';
import { replicateRxCollection } from 'rxdb/plugins/replication';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import type { WireDoc } from '#contract/protocol.ts';
import { makeDoc, type Kind } from '../documents.ts';
import type { PullFigures } from '../figures.ts';
import { round, watchBlocks } from './blocks.ts';
import { countStored, heapMb } from './stored.ts';

type Row = WireDoc & { key: string };

const schema = {
  version: 0,
  type: 'object',
  primaryKey: 'key',
  properties: {
    key: { type: 'string', maxLength: 140 },
    type: { type: 'string' },
    id: { type: 'string' },
    v: { type: 'string' },
  },
  required: ['key'],
} as unknown as RxJsonSchema<Row>;

/**
 * What RxDB's own replication makes of the same documents out of a local array: no network, no parsing, one collection with no
 * index beyond RxDB's own. `bothWays` = with its push side, for which it stores every document twice.
 */
export async function pullCeiling(name: string, kind: Kind, count: number, bothWays: boolean): Promise<PullFigures> {
  const all = Array.from({ length: count }, (_, at) => {
    const doc = makeDoc(kind, at);
    return { ...doc, key: `${doc.type}|${doc.id}`, _deleted: false };
  });
  const database = await createRxDatabase({ name, storage: getRxStorageDexie(), multiInstance: false });
  const { rows } = await database.addCollections({ rows: { schema } });
  const stop = watchBlocks();
  const from = performance.now();
  const replication = replicateRxCollection<Row, { at: number }>({
    collection: rows,
    replicationIdentifier: 'ceiling',
    live: false,
    waitForLeadership: false,
    pull: {
      batchSize: 1000,
      handler: async (checkpoint, size) => {
        const at = checkpoint?.at ?? 0;
        const documents = all.slice(at, at + size);
        return { documents, checkpoint: { at: at + documents.length } };
      },
    },
    ...(bothWays ? { push: { batchSize: 500, handler: async () => [] } } : {}),
  });
  await replication.awaitInitialReplication();
  const ms = performance.now() - from;
  const blocks = await stop();
  const heap_mb = heapMb();
  await database.close();
  const docs = await countStored(name);
  return { ...blocks, ms: round(ms), docs, docs_per_s: Math.round((docs / ms) * 1000), heap_mb };
}
