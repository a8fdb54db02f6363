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
  return { name, work, finish };
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
  const all = [gate.run(a.work), gate.run(b.work), gate.run(c.work), gate.run(d.work, 'known')];
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
  const all = [gate.run(a.work), gate.run(b.work), gate.run(c.work, 'known')];
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

test('an account somebody guesses at stands behind the others, yet gets its turn', async () => {
  const gate = createHashGate({ parallel: 2, strangers: 1, waiting: 9 });
  const log: string[] = [];
  const names = ['running', 'tried', 'fresh 1', 'fresh 2', 'fresh 3', 'fresh 4'];
  const all = names.map((name) => held(log, name));
  const runs = all.map(({ work }, at) => gate.run(work, at === 1 ? 'tried' : 'fresh'));
  for (let round = 0; round < names.length; round++) {
    await settle();
    all.find(({ name }) => name === log.at(-1))!.finish();
  }
  await Promise.all(runs);
  expect(log).toEqual(['running', 'fresh 1', 'fresh 2', 'fresh 3', 'tried', 'fresh 4']);
});

test('who only passes waits like the others, takes no place and is not counted', async () => {
  const gate = createHashGate({ parallel: 1, strangers: 1, waiting: 1 });
  const log: string[] = [];
  const first = held(log, 'first');
  const second = held(log, 'second');
  const running = gate.run(first.work);
  const passing = [1, 2, 3].map(async (n) => gate.pass().then(() => log.push(`passed ${n}`)));
  const waiting = gate.run(second.work);
  await expect(gate.pass()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await settle();
  expect(log).toEqual(['first']);
  first.finish();
  await running;
  await settle();
  expect(log).toContain('second');
  second.finish();
  await Promise.all([...passing, waiting]);
  expect(log.toSorted()).toEqual(['first', 'passed 1', 'passed 2', 'passed 3', 'second']);
});
