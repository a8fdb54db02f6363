/** What every peer's programs share: the documents, and how a task comes in and its result goes out. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** The first `count` documents of the file: the very ones that our server sends. */
export const readDocuments = (file, count) =>
  count === 0
    ? []
    : readFileSync(file, 'utf8')
        .split('\n', count)
        .map((line) => JSON.parse(line));

/** The same texts as rows nobody has yet. */
export const newDocuments = (file, count) =>
  readDocuments(file, count).map((document) => ({ ...document, id: randomUUID(), v: randomUUID() }));

/** Does the one task that its parent sends. */
export function doTask(tasks) {
  process.once('message', ({ name, task }) => {
    tasks[name](task).then(
      (result) => process.send({ result }, () => process.exit(0)),
      (error) => process.send({ error: error.stack ?? String(error) }, () => process.exit(1)),
    );
  });
}

/** A server that is ready says where; `count` is asked after every push. */
export function serveParent({ port, pid = process.pid }, count, end = async () => undefined) {
  process.on('message', async () => process.send({ count: await count() }));
  process.once('disconnect', () => void end().finally(() => process.exit(0)));
  process.send({ port, pid });
}

export async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** One change at a time, 10 ms apart, each awaited: `write` on A, `seen(id)` resolves to the time at which B has it. */
export async function timeChanges(documents, write, seen) {
  const ms = [];
  for (const document of documents) {
    const arrived = seen(document.id);
    const from = performance.now();
    void write(document);
    const at = await Promise.race([arrived, pause(10_000, null, { ref: false })]);
    if (at === null) throw new Error(`change ${ms.length} did not arrive within 10 s`);
    ms.push(at - from);
    await pause(10);
  }
  return ms;
}

/** Remembers who waits for which row. */
export function awaitedRows() {
  const waiting = new Map();
  return {
    seen: (id) => new Promise((resolve) => waiting.set(id, resolve)),
    saw(ids) {
      if (waiting.size === 0) return;
      const now = performance.now();
      for (const id of ids) {
        waiting.get(id)?.(now);
        waiting.delete(id);
      }
    },
  };
}
