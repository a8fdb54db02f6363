import { expect, test, vi } from 'vitest';
import { keepDatabase } from './lasting-database.ts';

/** A machine on which databases start or do not, and end when they are told or killed. */
function machine() {
  const ports: (number | undefined)[] = [];
  const said: string[] = [];
  let trouble: string[] = [];
  let kill = (): void => undefined;
  let running = 0;
  const start = async (port?: number) => {
    ports.push(port);
    const reason = trouble.shift();
    if (reason) throw new Error(reason);
    running += 1;
    let end = (): void => undefined;
    let isEnded = false;
    const ended = new Promise<void>((resolve) => {
      end = () => {
        if (!isEnded) running -= 1;
        isEnded = true;
        resolve();
      };
    });
    kill = end;
    return { url: 'postgres://here', port: 5000, ended, stop: async () => end() };
  };
  return {
    ports,
    said,
    parts: { start, tell: (line: string) => void said.push(line), restAfter: () => 0 },
    kill: () => kill(),
    running: () => running,
    fail: (...reasons: string[]) => void (trouble = reasons),
  };
}

test('a database that is killed is started again on its port, as often as it happens', async () => {
  const here = machine();
  const database = await keepDatabase(here.parts);
  for (let times = 1; times <= 10; times++) {
    here.kill();
    await vi.waitFor(() => expect(here.ports).toHaveLength(times + 1));
  }
  expect(here.ports).toEqual([undefined, ...Array.from({ length: 10 }, () => 5000)]);
  expect(here.running()).toBe(1);
  await database.stop();
  expect(here.running()).toBe(0);
});

test('what keeps it from starting is told once, and it comes back when that is over', async () => {
  const here = machine();
  const database = await keepDatabase(here.parts);
  here.fail('in use for a moment', '10:01 [7] no room', '10:02 [8] no room', '10:05 [9] no room');
  here.kill();
  await vi.waitFor(() => expect(here.running()).toBe(1));
  expect(here.said).toEqual([
    'The database ended unexpectedly. It is started again; what was saved is kept.',
    '10:01 [7] no room\nIt is tried again until it works. Ctrl-C stops.',
    'The database runs again.',
  ]);
  await database.stop();
});

test('a stop while it cannot start ends the tries', async () => {
  const here = machine();
  const database = await keepDatabase(here.parts);
  here.fail(...Array.from({ length: 1000 }, () => 'no room'));
  here.kill();
  await vi.waitFor(() => expect(here.said).toHaveLength(2));
  await database.stop();
  const tries = here.ports.length;
  await Promise.resolve();
  expect(here.ports).toHaveLength(tries);
  expect(here.running()).toBe(0);
});
