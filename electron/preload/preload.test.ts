import { expect, test, vi } from 'vitest';
import type { DesktopBridge } from '#desktop/index.ts';

type Listener = (event: unknown, name: unknown, payload: unknown) => void;
const electron = vi.hoisted(() => ({
  exposed: {} as Record<string, unknown>,
  invoked: [] as unknown[][],
  listeners: new Set<Listener>(),
}));

vi.mock('electron', () => ({
  contextBridge: { exposeInMainWorld: (name: string, face: unknown) => (electron.exposed[name] = face) },
  ipcRenderer: {
    invoke: (...args: unknown[]) => {
      electron.invoked.push(args);
      return Promise.resolve('answer');
    },
    on: (_channel: string, listener: Listener) => electron.listeners.add(listener),
    removeListener: (_channel: string, listener: Listener) => electron.listeners.delete(listener),
  },
}));
await import('./index.ts');

const bridge = electron.exposed.desktop as DesktopBridge;
const send = (name: string, payload: unknown): void => {
  for (const listener of electron.listeners) listener({ sender: 'the event with ipcRenderer in it' }, name, payload);
};

test('the page gets one object with two functions', () => {
  expect(Object.keys(electron.exposed)).toEqual(['desktop']);
  expect(Object.entries(bridge).map(([name, value]) => [name, typeof value])).toEqual([
    ['invoke', 'function'],
    ['on', 'function'],
  ]);
});

test('a call goes through the one door, whatever channel the page names', async () => {
  await expect(bridge.invoke('secrets.get', { name: 'refresh' })).resolves.toBe('answer');
  expect(electron.invoked).toEqual([['desktop', 'secrets.get', { name: 'refresh' }]]);
});

test('a listener hears its own event, its payload alone, and only until it leaves', () => {
  const heard: unknown[][] = [];
  const leave = bridge.on('link.opened', (...args: unknown[]) => heard.push(args));
  send('link.opened', { link: 'lesson/1' });
  send('media.changed', { lesson_id: '1' });
  expect(heard).toEqual([[{ link: 'lesson/1' }]]);
  leave();
  send('link.opened', { link: 'lesson/2' });
  expect(heard).toHaveLength(1);
  expect(electron.listeners.size).toBe(0);
});
