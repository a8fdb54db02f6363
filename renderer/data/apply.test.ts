import { afterEach, expect, test, vi } from 'vitest';
import { breathe } from './apply.ts';

type Asked = { priority: string; delay?: number };
afterEach(() => void vi.unstubAllGlobals());

/** A page's scheduler; `serve` runs what was asked for with this priority. */
function stubScheduler() {
  const asked: (Asked & { run: () => void })[] = [];
  vi.stubGlobal('scheduler', {
    postTask: (work: () => void, options: Asked) =>
      new Promise<void>((resolve) => asked.push({ ...options, run: () => resolve(work()) })),
  });
  return {
    asked,
    serve: (priority: string) => asked.filter((task) => task.priority === priority).forEach(({ run }) => run()),
  };
}

test('between two chunks everything else goes first', async () => {
  const { asked, serve } = stubScheduler();
  const breath = breathe();
  expect(asked.map(({ priority }) => priority)).toContain('background');
  serve('background');
  await breath;
});

test('a page that is never idle does not hold a first sync up for ever', async () => {
  const { asked, serve } = stubScheduler();
  const breath = breathe();
  const last = asked.find(({ priority }) => priority === 'user-visible');
  expect(last?.delay).toBeGreaterThan(0);
  serve('user-visible');
  await breath;
});
