import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { addRxPlugin, OPEN_COLLECTIONS, type RxCollection } from 'rxdb';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import type { Family, TableName } from '#contract/tables/index.ts';
import { openReplica } from '../../../../renderer/data/open-replica.ts';
import { until } from '../../../../renderer/data/store.ts';
import type { Replica } from '../../../../renderer/data/types.ts';
import { createClock } from '../../../../renderer/platform/clock.ts';
import { memoryVault } from '../../../../renderer/platform/session-record.ts';
import { createSession } from '../../../../renderer/platform/session.ts';
import { countArrivals, type Arrivals } from '../arrivals.ts';

/** What Chromium accepts; Node's own fetch asks plain HTTP for less. */
const acceptEncoding = 'gzip, deflate, br, zstd';

/** A signed-in computer: the product's own client, its replica in RxDB's memory storage instead of IndexedDB. */
export type Device = {
  /** Loses the answers for which `choose` says true of the path, after they were read to their end. */
  loseAnswers(choose: (path: string) => boolean): void;
  /** Opens an empty replica and starts to replicate. */
  open(): Promise<OpenDevice>;
  unplug(): void;
  plug(): void;
};

export type OpenDevice = {
  replica: Replica;
  /** Documents of the watched table, as the replica's store announces them. */
  arrivals: Arrivals;
  /** What the replica holds of it now. */
  count(): Promise<number>;
  collection: RxCollection;
  /** When the first pull left (ms of this process); the replica was open then. */
  askedAt: Promise<number>;
};

/** The table of the documents that count and its family, which is the collection they come into. */
export type Watched = { name: TableName; family: Family };
const notes: Watched = { name: 'lesson_notes', family: 'learning' };

/** Collections are made, and begin to fill, before `openReplica` is through. */
let onCollection: (collection: RxCollection) => void = () => undefined;
addRxPlugin({
  name: 'bench',
  rxdb: true,
  hooks: { createRxCollection: { after: ({ collection }) => onCollection(collection) } },
});

export async function signInDevice(
  serverUrl: string,
  email: string,
  password: string,
  table: Watched = notes,
): Promise<Device> {
  const live = new Set<AbortController>();
  let losesAnswer: (path: string) => boolean = () => false;
  let plugged = true;
  let onPull: (at: number) => void = () => undefined;
  const files = new Map<string, string>();
  const storage = {
    getItem: (name: string) => files.get(name) ?? null,
    setItem: (name: string, value: string) => void files.set(name, value),
  };
  const cable: typeof fetch = async (input, init) => {
    if (!plugged) throw new TypeError('fetch failed');
    const cut = new AbortController();
    live.add(cut);
    if (String(input).endsWith('/sync/v1/pull')) onPull(performance.now());
    const headers = new Headers(init?.headers);
    headers.set('accept-encoding', acceptEncoding);
    const signal = init?.signal ? AbortSignal.any([init.signal, cut.signal]) : cut.signal;
    const answer = await fetch(input, { ...init, headers, signal });
    if (!losesAnswer(new URL(answer.url).pathname)) return answer;
    await answer.arrayBuffer();
    throw new TypeError('fetch failed');
  };
  const session = createSession({
    vault: memoryVault(),
    storage: null,
    desktop: null,
    clock: createClock(storage, { wall: () => Date.now(), monotonic: () => performance.now() }),
    fetch: cable,
    serverUrl: async () => serverUrl,
  });
  await session.restore();
  const answer = await session.getState().signIn(email, password);
  if (!answer.ok) throw new Error(`${email} cannot sign in: ${answer.code}`);
  const connection = (await session.connection())!;
  return {
    loseAnswers: (choose) => void (losesAnswer = choose),
    async open() {
      // One page's limit of open collections is not another computer's.
      OPEN_COLLECTIONS.clear();
      let collection: RxCollection | null = null;
      let arrivals: Arrivals | null = null;
      onCollection = (made) => {
        if (made.name !== table.family) return;
        collection = made;
        arrivals = countArrivals(made.storageInstance, (id) => id.startsWith(`${table.name}|`));
      };
      const askedAt = new Promise<number>((resolve) => (onPull = resolve));
      const replica = await openReplica(connection, {
        storage: getRxStorageMemory(),
        indexedDB: { indexedDB: new IDBFactory(), IDBKeyRange },
        installation: crypto.randomUUID(),
      });
      return {
        replica,
        arrivals: arrivals!,
        collection: collection!,
        count: () => collection!.count({ selector: { type: table.name } }).exec(),
        askedAt,
      };
    },
    unplug() {
      plugged = false;
      for (const cut of live) cut.abort(new TypeError('network changed'));
      live.clear();
    },
    plug: () => void (plugged = true),
  };
}

/** Everything came, nothing waits, the stream is open. */
export const settled = (replica: Replica): Promise<unknown> =>
  until(replica.syncState, ({ status, waiting }) => status === 'uptodate' && waiting === 0);
