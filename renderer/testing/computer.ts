import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { OPEN_COLLECTIONS } from 'rxdb';
import { openReplica } from '../data/open-replica.ts';
import { until } from '../data/store.ts';
import { tusSender } from '../data/tus.ts';
import type { Replica } from '../data/types.ts';
import { createClock } from '../platform/clock.ts';
import { createSession, type Session } from '../platform/session.ts';
import { memoryVault } from '../platform/session-record.ts';

/** A computer of one person over a real server: its own disk, session and network cable. */
export type Computer = {
  session: Session;
  /** Starts the app, or starts it again. */
  open(): Promise<Replica>;
  unplug(): void;
  plug(): void;
  /** Everything that lies on its disk, as text: `database/store` to its records. */
  disk(): Promise<Map<string, string[]>>;
  close(): Promise<void>;
};

export async function createComputer(serverUrl: string, email: string, password: string): Promise<Computer> {
  const line = { plugged: true };
  const live = new Set<AbortController>();
  const cable: typeof fetch = async (input, init) => {
    if (!line.plugged) throw new TypeError('Failed to fetch');
    const cut = new AbortController();
    live.add(cut);
    const signal = init?.signal ? AbortSignal.any([init.signal, cut.signal]) : cut.signal;
    return fetch(input, { ...init, signal });
  };
  const files = new Map<string, string>();
  const storage = {
    getItem: (name: string) => files.get(name) ?? null,
    setItem: (name: string, value: string) => void files.set(name, value),
  };
  const session: Session = createSession({
    vault: memoryVault(),
    storage: null,
    desktop: null,
    clock: createClock(storage, { wall: () => Date.now(), monotonic: () => performance.now() }),
    fetch: cable,
    serverUrl: async () => serverUrl,
  });
  await session.restore();
  const answer = await session.getState().signIn(email.toUpperCase(), password);
  if (!answer.ok) throw new Error(`${email} cannot sign in: ${answer.code}`);
  const connection = await session.connection();
  if (!connection) throw new Error('no session');
  const indexedDB = new IDBFactory();
  const installation = crypto.randomUUID();
  const toBuffer = (bytes: Uint8Array<ArrayBuffer>): Blob =>
    (globalThis as unknown as { Buffer: { from(bytes: Uint8Array): Blob } }).Buffer.from(bytes);
  let replica: Replica | null = null;
  return {
    session,
    async open() {
      await replica?.close();
      // One page's limit of open collections is not another computer's.
      OPEN_COLLECTIONS.clear();
      replica = await openReplica(connection, {
        indexedDB: { indexedDB, IDBKeyRange },
        installation,
        sendBytes: tusSender(connection, toBuffer),
      });
      return replica;
    },
    unplug() {
      line.plugged = false;
      live.forEach((cut) => cut.abort(new TypeError('network changed')));
    },
    plug: () => void (line.plugged = true),
    disk: () => readDisk(indexedDB),
    async close() {
      await replica?.close();
    },
  };
}

export const settled = (replica: Replica) =>
  until(replica.syncState, ({ status, waiting }) => status === 'uptodate' && waiting === 0);

async function readDisk(factory: IDBFactory): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const { name } of await factory.databases()) {
    const database = await done(factory.open(name!));
    for (const store of database.objectStoreNames) {
      const rows = await done(database.transaction(store).objectStore(store).getAll());
      found.set(
        `${name}/${store}`,
        rows.map((row) => JSON.stringify(row)),
      );
    }
    database.close();
  }
  return found;
}

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
