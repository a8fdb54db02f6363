import { expect, test } from 'vitest';
import { againAfterCollision } from './collisions.ts';

const deadlock = (): Error => Object.assign(new Error('deadlock detected'), { code: '40P01' });

/** Work that fails so often, and how often it was begun. */
function failing(times: number, error: () => Error) {
  const begun = { count: 0 };
  const work = async (): Promise<string> => {
    begun.count += 1;
    if (begun.count <= times) throw error();
    return 'done';
  };
  return { begun, work };
}

test('what lost in a deadlock is done again', async () => {
  const { begun, work } = failing(2, deadlock);
  expect(await againAfterCollision(work)).toBe('done');
  expect(begun.count).toBe(3);
});

test('but not without end', async () => {
  const { begun, work } = failing(Infinity, deadlock);
  await expect(againAfterCollision(work)).rejects.toThrow('deadlock detected');
  expect(begun.count).toBe(4);
});

test('any other failure is told at once', async () => {
  const { begun, work } = failing(1, () => new Error('refused'));
  await expect(againAfterCollision(work)).rejects.toThrow('refused');
  expect(begun.count).toBe(1);
});
