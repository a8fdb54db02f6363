import { expect, it } from 'vitest';
import { NetworkError } from '../platform/errors.ts';
import { createSender } from './sender.ts';

type Outcome = 'sent' | 'lost' | 'busy';

/** Works through these outcomes, closes, and answers how long it rested after each failure. */
async function restsOf(outcomes: Outcome[]): Promise<number[]> {
  const rests: number[] = [];
  const left = [...outcomes];
  const sender = createSender({
    async work() {
      const next = left.shift();
      if (next === 'lost') throw new NetworkError('no answer');
      if (next === 'busy') throw new NetworkError('the server is busy', { answered: true, retryAfter: 3 });
      if (next === undefined) sender.close();
      return next === undefined ? 'idle' : 'sent';
    },
    open: () => true,
    dueAt: () => null,
    sleep: async (ms, signal) => void (signal.aborted || rests.push(ms)),
    now: () => 0,
    random: () => 1,
    onTrouble: (error) => expect.fail(String(error)),
  });
  await sender.run();
  return rests.filter((ms) => ms < 3_600_000);
}

it('asks at once for two answers that were lost, and rests longer each time where none comes', async () => {
  expect(await restsOf(['sent', 'lost', 'sent', 'lost', 'lost', 'sent'])).toEqual([0, 0, 0]);
  expect(await restsOf(['sent', 'lost', 'lost', 'lost', 'lost', 'sent', 'lost'])).toEqual([0, 0, 100, 200, 0]);
  expect(await restsOf(['lost', 'lost', 'lost', 'sent'])).toEqual([0, 0, 100]);
});

it('rests where the server asks for it, whatever went through before', async () => {
  expect(await restsOf(['sent', 'busy'])).toEqual([4_500]);
  expect(await restsOf(['busy', 'lost'])).toEqual([4_500, 200]);
});
