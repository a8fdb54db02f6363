import { expect, test } from 'vitest';
import { allEnded } from './all-ended.ts';

test('answers what each came to', async () => {
  expect(await allEnded([Promise.resolve(1), 'two', Promise.resolve(null)] as const)).toEqual([1, 'two', null]);
});

test('a failure is told only after all have ended, and of several the first in order', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let isOver = false;
  const slow = promise.then(() => {
    isOver = true;
    throw new Error('first in order');
  });
  const all = allEnded([slow, Promise.reject(new Error('first in time'))]).catch((error: Error) => {
    expect(isOver).toBe(true);
    return error.message;
  });
  await Promise.resolve();
  resolve();
  expect(await all).toBe('first in order');
});
