import { expect, test } from 'vitest';
import { countArrivals } from './arrivals.ts';

type Bulk = { events: { documentId: string }[] };

function store() {
  const listeners = new Set<(bulk: Bulk) => void>();
  const changeStream = () => ({
    subscribe(listener: (bulk: Bulk) => void) {
      listeners.add(listener);
      return { unsubscribe: () => listeners.delete(listener) };
    },
  });
  const announce = (...ids: string[]) =>
    listeners.forEach((listener) => listener({ events: ids.map((documentId) => ({ documentId })) }));
  return { changeStream, announce, listeners };
}

test('each document counts once, and others do not count', async () => {
  const notes = store();
  const arrivals = countArrivals(notes, (id) => id.startsWith('note|'));
  let reached = false;
  const three = arrivals.reached(3).then(() => (reached = true));
  notes.announce('note|1', 'user|1', 'note|2');
  notes.announce('note|2', 'user|2');
  await Promise.resolve();
  expect(reached).toBe(false);
  notes.announce('note|3');
  await three;
  expect([...arrivals.seen]).toEqual(['note|1', 'note|2', 'note|3']);
  arrivals.stop();
  expect(notes.listeners.size).toBe(0);
});
