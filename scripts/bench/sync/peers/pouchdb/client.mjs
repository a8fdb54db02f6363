import PouchDB from 'pouchdb';
import memory from 'pouchdb-adapter-memory';
import { setTimeout as pause } from 'node:timers/promises';
import { awaitedRows, doTask, newDocuments, timeChanges } from '../task.mjs';

PouchDB.plugin(memory);
let serial = 0;
const open = () => new PouchDB(`bench${process.pid}x${serial++}`, { adapter: 'memory' });
const remote = (port, place = 'notes') => new PouchDB(`http://127.0.0.1:${port}/${place}`);
const asPouch = ({ id, ...document }) => ({ _id: id, ...document });

doTask({
  async initial({ port, count, rounds }) {
    const ms = [];
    for (let round = 0; round < rounds; round += 1) {
      const database = open();
      const from = performance.now();
      await PouchDB.replicate(remote(port), database, { batch_size: 1000, batches_limit: 10 });
      ms.push(performance.now() - from);
      const { doc_count } = await database.info();
      if (doc_count !== count) throw new Error(`the client holds ${doc_count} of ${count}`);
      await database.destroy();
    }
    return { ms };
  },
  async push({ port, file, edits, place }) {
    const database = open();
    await database.bulkDocs(newDocuments(file, edits).map(asPouch));
    const from = performance.now();
    await PouchDB.replicate(database, remote(port, place), { batch_size: 1000 });
    return { ms: performance.now() - from };
  },
  async latency({ port, file, samples }) {
    const [a, b] = [open(), open()];
    for (const database of [a, b]) {
      await PouchDB.replicate(remote(port), database);
      database.sync(remote(port), { live: true, retry: true });
    }
    const { seen, saw } = awaitedRows();
    b.changes({ live: true, since: 'now' }).on('change', ({ id }) => saw([id]));
    // Its live replication tells nobody when it listens.
    await pause(1500);
    return { ms: await timeChanges(newDocuments(file, samples), (document) => a.put(asPouch(document)), seen) };
  },
});
