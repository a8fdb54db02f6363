import { Zero } from '@rocicorp/zero';
import pg from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import WebSocket from 'ws';
import { awaitedRows, doTask, newDocuments, timeChanges } from '../task.mjs';
import { schema } from './schema.ts';

globalThis.WebSocket ??= WebSocket;
let serial = 0;
const connect = (port) =>
  new Zero({
    schema,
    cacheURL: `http://127.0.0.1:${port}`,
    userID: `bench${serial}`,
    storageKey: `bench${process.pid}x${serial++}`,
    kvStore: 'mem',
    logLevel: 'error',
    queryChangeThrottleMs: 0,
  });

/** Its view of all documents, once it is complete. */
function completeView(zero, count) {
  return new Promise((resolve) => {
    const view = zero.materialize(zero.query.notes);
    view.addListener((rows, type) => {
      if (type === 'complete' && rows.length >= count) resolve({ view, at: performance.now() });
    });
  });
}

doTask({
  async initial({ port, count, rounds }) {
    const ms = [];
    for (let round = 0; round < rounds; round += 1) {
      const zero = connect(port);
      const from = performance.now();
      const { at } = await completeView(zero, count);
      ms.push(at - from);
      await zero.close();
    }
    return { ms };
  },
  /** Zero takes no writes offline: these are made online, 250 to a mutation. */
  async push({ port, file, edits, databaseUrl }) {
    const zero = connect(port);
    await completeView(zero, 0);
    const documents = newDocuments(file, edits);
    const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
    const count = async () => (await pool.query('select count(*)::int as count from notes')).rows[0].count;
    const before = await count();
    const from = performance.now();
    for (let start = 0; start < edits; start += 250)
      await zero.mutateBatch(async (batch) => {
        for (const document of documents.slice(start, start + 250)) await batch.notes.insert(document);
      });
    while ((await count()) < before + edits) await pause(10);
    const ms = performance.now() - from;
    await zero.close();
    await pool.end();
    return { ms };
  },
  async latency({ port, file, samples, count }) {
    const [a, b] = [connect(port), connect(port)];
    await completeView(a, count);
    const { view } = await completeView(b, count);
    const { seen, saw } = awaitedRows();
    view.addListener((rows) => saw(rows.map(({ id }) => id)));
    const ms = await timeChanges(newDocuments(file, samples), (document) => a.mutate.notes.insert(document), seen);
    await Promise.all([a.close(), b.close()]);
    return { ms };
  },
});
