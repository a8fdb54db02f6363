import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { OPEN_COLLECTIONS } from 'rxdb';
import type { Role } from '#contract/roles.ts';
import type { OpenOptions } from '../data/open-options.ts';
import { openReplica } from '../data/open-replica.ts';
import { sleep } from '../data/sleep.ts';
import { until } from '../data/store.ts';
import type { Replica } from '../data/types.ts';
import { createClock, type Clock } from '../platform/clock.ts';
import type { Connection } from '../platform/session.ts';
import { createFakeServer, type FakeServer } from './fake-server.ts';

/** A computer in a test: its disk, its clock and its person. Opening the replica again is a restart. */
export type TestDevice = {
  server: FakeServer;
  connection: Connection;
  clock: Clock;
  /** Difference of the computer's clock to the real one, ms; change it between two starts. */
  clockOffset: number;
  expired: boolean;
  /** The tokens asked for, and whether a fresh one was wanted. */
  tokens: boolean[];
  /** Faults the replica reported. */
  troubles: unknown[];
  open(options?: OpenOptions): Promise<Replica>;
  /** Opens and waits until the first sync is complete. */
  openSynced(options?: OpenOptions): Promise<Replica>;
  changed(): void;
};

export const testUserId = '0192f000-0000-7000-8000-000000000001';

export function createTestDevice(options: { server?: FakeServer; userId?: string; role?: Role } = {}): TestDevice {
  const server = options.server ?? createFakeServer();
  const installation = crypto.randomUUID();
  const disk = { indexedDB: new IDBFactory(), IDBKeyRange };
  const files = new Map<string, string>();
  const storage = {
    getItem: (name: string) => files.get(name) ?? null,
    setItem: (name: string, value: string) => void files.set(name, value),
  };
  const listeners = new Set<() => void>();
  let clockOffset = 0;
  const offset = (): number => clockOffset;
  const device: TestDevice = {
    server,
    get clockOffset() {
      return clockOffset;
    },
    set clockOffset(value) {
      clockOffset = value;
    },
    expired: false,
    tokens: [],
    troubles: [],
    clock: newClock(),
    connection: null as never,
    async open(openOptions = {}) {
      // The edition's limit of collections holds per page; two devices in one test are two pages.
      OPEN_COLLECTIONS.clear();
      device.clock = newClock();
      device.connection = connectionOf(device.clock);
      return openReplica(device.connection, {
        indexedDB: disk,
        installation,
        random: () => 0,
        // Waits of seconds become milliseconds; their order stays.
        sleep: (ms, signal) => sleep(ms / 100, signal),
        onTrouble: (error) => device.troubles.push(error),
        ...openOptions,
      });
    },
    async openSynced(openOptions) {
      const replica = await device.open(openOptions);
      await until(replica.syncState, (state) => state.status === 'uptodate' || state.status === 'problem');
      return replica;
    },
    changed: () => listeners.forEach((listener) => listener()),
  };
  device.connection = connectionOf(device.clock);
  return device;

  function newClock(): Clock {
    return createClock(storage, { wall: () => Date.now() + offset(), monotonic: () => performance.now() });
  }

  function connectionOf(clock: Clock): Connection {
    return {
      user: { id: options.userId ?? testUserId, email: 'ayesha@example.test', full_name: 'Ayesha' },
      role: options.role ?? 'student',
      deviceId: '0192f000-0000-7000-8000-0000000000d1',
      serverUrl: 'http://server.test',
      clock,
      desktop: null,
      fetch: server.fetch,
      accessToken: async ({ fresh = false } = {}) => {
        device.tokens.push(fresh);
        return 'token';
      },
      expired: () => device.expired,
      onChange: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      takeTokens: async () => undefined,
      noteLease: () => undefined,
      onSignOut: () => () => undefined,
    };
  }
}
