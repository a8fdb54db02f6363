import type { Channel, DesktopBridge, EventName, EventPayload, Input, Output } from '#desktop/index.ts';

type Handlers = { [C in Channel]?: (input: Input<C>) => Output<C> | Promise<Output<C>> };

/** The desktop around a page in a test: secrets in memory, everything else as the test says. */
export type FakeDesktop = DesktopBridge & {
  secrets: Map<string, string>;
  emit<E extends EventName>(event: E, payload: EventPayload<E>): void;
};

export function createFakeDesktop(handlers: Handlers = {}): FakeDesktop {
  const secrets = new Map<string, string>();
  const listeners = new Map<EventName, Set<(payload: never) => void>>();
  const all: Handlers = {
    'app.info': () => ({ version: '0.1.0', platform: 'linux', device_label: 'Test', server_url: 'http://server.test' }),
    'secrets.get': ({ name }) => ({ value: secrets.get(name) ?? null }),
    'secrets.set': ({ name, value }) => {
      secrets.set(name, value);
      return { stored: true };
    },
    'secrets.remove': ({ name }) => ({ ok: secrets.delete(name) }),
    ...handlers,
  };
  return {
    secrets,
    async invoke(channel, input) {
      const handler = all[channel];
      if (!handler) throw new Error(`the test's desktop does not know ${channel}`);
      return (handler as (input: unknown) => never)(input);
    },
    on(event, listener) {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set);
      set.add(listener as never);
      return () => set.delete(listener as never);
    },
    emit: (event, payload) => listeners.get(event)?.forEach((listener) => listener(payload as never)),
  };
}
