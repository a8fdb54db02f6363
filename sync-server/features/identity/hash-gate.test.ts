import { expect, test } from 'vitest';
import { createHashGate } from './hash-gate.ts';

/** Work that ends when told to. */
function held(log: string[], name: string) {
  let finish!: () => void;
  const done = new Promise<void>((resolve) => (finish = resolve));
  const work = async () => {
    log.push(name);
    await done;
    return name;
  };
  return { work, finish };
}
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

test('only so many run at once; known people go before strangers, each group in order', async () => {
  const gate = createHashGate({ parallel: 1, strangers: 1, waiting: 5 });
  const log: string[] = [];
  const [a, b, c, d] = ['running', 'stranger 1', 'stranger 2', 'known'].map((name) => held(log, name)) as [
    ReturnType<typeof held>,
    ReturnType<typeof held>,
    ReturnType<typeof held>,
    ReturnType<typeof held>,
  ];
  const all = [gate.run(a.work), gate.run(b.work), gate.run(c.work), gate.run(d.work, 'first')];
  await settle();
  expect(log).toEqual(['running']);
  for (const { finish } of [a, d, b, c]) {
    finish();
    await settle();
  }
  expect(log).toEqual(['running', 'known', 'stranger 1', 'stranger 2']);
  await Promise.all(all);
});

test('a full line turns away at once, and a place is free again after a failure', async () => {
  const gate = createHashGate({ parallel: 1, strangers: 1, waiting: 1 });
  const log: string[] = [];
  const first = held(log, 'first');
  const running = gate.run(first.work);
  const waiting = gate.run(() => Promise.reject(new Error('broke')));
  await expect(gate.run(async () => 'late')).rejects.toMatchObject({ code: 'UNAVAILABLE', retryAfter: 2 });
  first.finish();
  await running;
  await expect(waiting).rejects.toThrow('broke');
  expect(await gate.run(async () => 'next')).toBe('next');
});

test('strangers never take the last place', async () => {
  const gate = createHashGate({ parallel: 2, strangers: 1, waiting: 5 });
  const log: string[] = [];
  const [a, b, c] = ['stranger 1', 'stranger 2', 'known'].map((name) => held(log, name)) as [
    ReturnType<typeof held>,
    ReturnType<typeof held>,
    ReturnType<typeof held>,
  ];
  const all = [gate.run(a.work), gate.run(b.work), gate.run(c.work, 'first')];
  await settle();
  expect(log).toEqual(['stranger 1', 'known']);
  c.finish();
  await settle();
  expect(log).toEqual(['stranger 1', 'known']);
  a.finish();
  await settle();
  expect(log).toEqual(['stranger 1', 'known', 'stranger 2']);
  b.finish();
  await Promise.all(all);
});
