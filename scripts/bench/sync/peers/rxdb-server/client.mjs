import EventSource from 'eventsource';
import { replicateServer } from 'rxdb-server/plugins/replication-server';
import { countArrivals } from '../../arrivals.ts';
import { awaitedRows, doTask, newDocuments, timeChanges } from '../task.mjs';
import { openNotes } from './database.mjs';

/** The largest pages it takes well; 5,000 was the fastest of 100, 1,000 and 5,000. */
const pullBatch = 5000;
/** It reads at most 100 kB of JSON, and a larger push is tried for ever. */
const pushBatch = 150;

function replicate(database, port, live = false, place = 'notes') {
  const replication = replicateServer({
    collection: database[place],
    replicationIdentifier: `bench${port}`,
    url: `http://127.0.0.1:${port}/${place}/0`,
    headers: {},
    live,
    pull: { batchSize: pullBatch },
    push: { batchSize: pushBatch },
    eventSource: EventSource.EventSource ?? EventSource,
  });
  const failed = new Promise((_, reject) => replication.error$.subscribe(reject));
  return { replication, failed };
}

doTask({
  async initial({ port, count, rounds }) {
    const ms = [];
    for (let round = 0; round < rounds; round += 1) {
      const database = await openNotes();
      const arrivals = countArrivals(database.notes.storageInstance, () => true);
      const from = performance.now();
      const { replication, failed } = replicate(database, port);
      ms.push((await Promise.race([arrivals.reached(count), failed])) - from);
      await replication.awaitInitialReplication();
      const held = await database.notes.count().exec();
      if (held !== count) throw new Error(`the client holds ${held} of ${count}`);
      await database.destroy();
    }
    return { ms };
  },
  async push({ port, file, edits, place }) {
    const database = await openNotes();
    await database[place].bulkInsert(newDocuments(file, edits));
    const from = performance.now();
    const { replication, failed } = replicate(database, port, false, place);
    await Promise.race([replication.awaitInitialReplication(), failed]);
    return { ms: performance.now() - from };
  },
  async latency({ port, file, samples }) {
    const [a, b] = [await openNotes(), await openNotes()];
    const both = [replicate(a, port, true), replicate(b, port, true)];
    await Promise.all(both.map(({ replication }) => replication.awaitInitialReplication()));
    const { seen, saw } = awaitedRows();
    b.notes.storageInstance.changeStream().subscribe(({ events }) => saw(events.map((event) => event.documentId)));
    // Its event stream opens after the first replication, and tells nobody when.
    await new Promise((resolve) => setTimeout(resolve, 500));
    return { ms: await timeChanges(newDocuments(file, samples), (document) => a.notes.insert(document), seen) };
  },
});
