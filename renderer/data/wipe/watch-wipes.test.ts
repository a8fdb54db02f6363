import { afterEach, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { Session, SessionStore } from '../../platform/session.ts';
import { forgottenMessage, watchWipes } from './watch-wipes.ts';

const person = '0192f000-0000-7000-8000-000000000001';
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  vi.useRealTimers();
});

function watched() {
  const store = createStore<SessionStore>(() => ({ state: 'signed-in', user: { id: person } }) as SessionStore);
  const forgotten: string[] = [];
  const session = Object.assign(store, {
    forget: async (userId: string) => (forgotten.push(userId), true),
  }) as unknown as Session;
  const look = vi.fn(async () => undefined);
  const listeners = new Set<(event: MessageEvent) => void>();
  const pages = {
    addEventListener: (_: string, listener: (event: MessageEvent) => void) => listeners.add(listener),
    removeEventListener: (_: string, listener: (event: MessageEvent) => void) => listeners.delete(listener),
    postMessage: (data: unknown) => listeners.forEach((listener) => listener({ data } as MessageEvent)),
  };
  stops.push(watchWipes({ look }, session, pages as never));
  return { store, look, pages, forgotten, listeners };
}

it('looks at the start, once when a session ends, and again every few minutes', async () => {
  vi.useFakeTimers();
  const { store, look } = watched();
  expect(look).toHaveBeenCalledTimes(1);
  store.setState({ state: 'expired' });
  store.setState({ state: 'ended' });
  expect(look).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(5 * 60_000);
  expect(look).toHaveBeenCalledTimes(3);
  stops.pop()!();
  await vi.advanceTimersByTimeAsync(60 * 60_000);
  store.setState({ state: 'signed-in' });
  store.setState({ state: 'ended' });
  expect(look).toHaveBeenCalledTimes(3);
});

it('forgets a sign-in that another page of the browser had to forget', () => {
  const { pages, forgotten, listeners } = watched();
  pages.postMessage(forgottenMessage(person));
  expect(forgotten).toEqual([person]);
  stops.pop()!();
  expect(listeners.size).toBe(0);
});
