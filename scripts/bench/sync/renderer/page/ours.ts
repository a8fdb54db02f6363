import { openReplica } from '../../../../../renderer/data/open-replica.ts';
import { until } from '../../../../../renderer/data/store.ts';
import type { Kind } from '../documents.ts';
import type { PullFigures, ReopenFigures } from '../figures.ts';
import { round, watchBlocks } from './blocks.ts';
import { openConnection } from './connection.ts';
import { countStored, heapMb } from './stored.ts';

/** The product's replica from an empty disk to the stored checkpoint, over HTTP. */
export async function pullOurs(userId: string): Promise<PullFigures> {
  let asked = 0;
  const connection = openConnection(userId, (path) => {
    if (path.endsWith('/pull')) asked ||= performance.now();
  });
  const stop = watchBlocks();
  const replica = await openReplica(connection);
  await until(replica.syncState, ({ progress, lastSyncAt }) => progress === null && lastSyncAt !== null);
  const ms = performance.now() - asked;
  const blocks = await stop();
  const heap_mb = heapMb();
  await replica.close();
  const docs = await countStored(userId);
  return { ...blocks, ms: round(ms), docs, docs_per_s: Math.round((docs / ms) * 1000), heap_mb };
}

/** The same replica opened again; the first question is what a screen with a list asks. */
export async function reopenOurs(userId: string, kind: Kind): Promise<ReopenFigures> {
  const stop = watchBlocks();
  const from = performance.now();
  const replica = await openReplica(openConnection(userId, () => undefined));
  const opened = performance.now();
  const rows = await replica.find(kind, { id: '0192f000-0000-7000-8000-000000000001' });
  const answered = performance.now();
  if (rows.length !== 1) throw new Error('the replica does not hold what was pulled');
  const blocks = await stop();
  await replica.close();
  return { ...blocks, open_ms: round(opened - from), first_query_ms: round(answered - opened) };
}
