import { createClock } from '../../../../../renderer/platform/clock.ts';
import type { Connection } from '../../../../../renderer/platform/session.ts';

/** A session that needs no sign-in: the measuring server asks for none. `onRequest` hears each request's path. */
export function openConnection(userId: string, onRequest: (path: string) => void): Connection {
  const clock = createClock(localStorage, { wall: Date.now, monotonic: () => performance.now() });
  return {
    user: { id: userId, email: 'ayesha@bench.test', full_name: 'Ayesha' },
    role: 'student',
    deviceId: '0192f000-0000-7000-8000-0000000000d1',
    serverUrl: location.origin,
    clock,
    desktop: null,
    fetch: (input, init) => {
      onRequest(new URL(String(input)).pathname);
      return fetch(input, init);
    },
    accessToken: async () => 'token',
    expired: () => false,
    onChange: () => () => undefined,
    takeTokens: async () => undefined,
    noteLease: () => undefined,
    onSignOut: () => () => undefined,
  };
}
