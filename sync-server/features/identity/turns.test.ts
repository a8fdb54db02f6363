import { expect, test } from 'vitest';
import { createTurns } from './turns.ts';

test('one key goes one after the other, another key does not wait, and a failure does not stop the line', async () => {
  const turns = createTurns(5);
  const log: string[] = [];
  let open!: () => void;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const first = turns.take('a', async () => {
    await gate;
    log.push('a1');
    throw new Error('broke');
  });
  const second = turns.take('a', async () => log.push('a2'));
  await turns.take('b', async () => log.push('b1'));
  expect(log).toEqual(['b1']);
  open();
  await expect(first).rejects.toThrow('broke');
  await second;
  expect(log).toEqual(['b1', 'a1', 'a2']);
});

test('a line that is too long is turned away', async () => {
  const turns = createTurns(1);
  let open!: () => void;
  const first = turns.take('a', () => new Promise<void>((resolve) => (open = resolve)));
  await expect(turns.take('a', async () => 1)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await Promise.resolve();
  open();
  await first;
  expect(await turns.take('a', async () => 1)).toBe(1);
});
