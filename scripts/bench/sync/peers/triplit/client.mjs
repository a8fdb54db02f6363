import { setTimeout as pause } from 'node:timers/promises';
import { awaitedRows, doTask, newDocuments, timeChanges } from '../task.mjs';
import { connect } from './connect.mjs';

const follow = (client, onRows) =>
  client.subscribe(client.query('notes'), onRows, (error) => {
    throw error;
  });

doTask({
  async initial({ port, count, rounds }) {
    const ms = [];
    for (let round = 0; round < rounds; round += 1) {
      const client = connect(port, false);
      const from = performance.now();
      const arrived = new Promise((resolve) =>
        follow(client, (rows) => rows.length >= count && resolve(performance.now())),
      );
      client.connect();
      ms.push((await arrived) - from);
      client.disconnect();
    }
    return { ms };
  },
  async push({ port, file, edits, place }) {
    const client = connect(port, false);
    const documents = newDocuments(file, edits);
    for (let start = 0; start < edits; start += 500)
      await client.transact(async (tx) => {
        for (const document of documents.slice(start, start + 500)) await tx.insert(place, document);
      });
    const onlooker = connect(port, false);
    const count = async () => (await onlooker.http.fetch(onlooker.query(place).Select(['id']))).length;
    const from = performance.now();
    client.connect();
    while ((await count()) < edits) await pause(20);
    return { ms: performance.now() - from };
  },
  async latency({ port, file, samples, count }) {
    const [a, b] = [connect(port), connect(port)];
    const { seen, saw } = awaitedRows();
    await Promise.all(
      [a, b].map(
        (client) =>
          new Promise((resolve) =>
            follow(client, (rows) => {
              if (client === b) saw(rows.map(({ id }) => id));
              if (rows.length >= count) resolve();
            }),
          ),
      ),
    );
    return { ms: await timeChanges(newDocuments(file, samples), (document) => a.insert('notes', document), seen) };
  },
});
