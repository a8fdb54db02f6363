import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { OPEN_COLLECTIONS } from 'rxdb';
import { openReplica } from '../data/open-replica.ts';
import { until } from '../data/store.ts';
import { tusSender } from '../data/uploads/tus.ts';
import type { Replica } from '../data/types.ts';
import { watchWipes } from '../data/wipe/watch-wipes.ts';
import { createWiper, type Wiper } from '../data/wipe/wiper.ts';
import { createClock } from '../platform/clock.ts';
import { createSession, type Session } from '../platform/session.ts';
import { memoryVault } from '../platform/session-record.ts';

/** A computer of one person over a real server: its own disk, session and network cable. */
export type Computer = {
  readonly session: Session;
  readonly wiper: Wiper;
  /** Starts the app, or starts it again. */
  open(): Promise<Replica>;
  signIn(): Promise<void>;
  /** The page goes without a word (power cut, closed tab) and comes again; `forgotten`: its sign-in was kept in the tab only. */
  restart(options?: { forgotten?: boolean }): Promise<void>;
  unplug(): void;
  plug(): void;
  /** Somebody else on the line who may answer in the server's place. */
  between: ((url: string, init: RequestInit | undefined) => Response | Promise<Response | null> | null) | null;
  /** Everything that lies on its disk, as text: `database/store` to its records, bytes as the letters they would be. */
  disk(): Promise<Map<string, string[]>>;
  close(): Promise<void>;
};

export async function createComputer(serverUrl: string, email: string, password: string): Promise<Computer> {
  const line = { plugged: true };
  const live = new Set<AbortController>();
  const cable: typeof fetch = async (input, init) => {
    if (!line.plugged) throw new TypeError('Failed to fetch');
    const instead = await computer.between?.(String(input), init);
    if (instead) return instead;
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
  const indexedDB = new IDBFactory();
  const disk = { indexedDB, IDBKeyRange };
  const installation = crypto.randomUUID();
  const toBuffer = (bytes: Uint8Array<ArrayBuffer>): Blob =>
    (globalThis as unknown as { Buffer: { from(bytes: Uint8Array): Blob } }).Buffer.from(bytes);
  let vault = memoryVault();
  let replica: Replica | null = null;
  let page = newPage();

  function newPage() {
    const clock = createClock(storage, { wall: () => Date.now(), monotonic: () => performance.now() });
    const door = { fetch: cable, serverUrl: async () => serverUrl };
    const session = createSession({ vault, storage: storage as Storage, desktop: null, clock, ...door });
    const wiper = createWiper({ session, desktop: null, now: clock.stamp, indexedDB: disk, installation, ...door });
    return { session, wiper, stop: (): void => undefined };
  }

  const computer: Computer = {
    get session() {
      return page.session;
    },
    get wiper() {
      return page.wiper;
    },
    between: null,
    async open() {
      await replica?.close();
      await page.wiper.finish();
      // One page's limit of open collections is not another computer's.
      OPEN_COLLECTIONS.clear();
      const connection = await page.session.connection();
      if (!connection) throw new Error('nobody is signed in');
      replica = await openReplica(connection, {
        indexedDB: disk,
        installation,
        sendBytes: tusSender(connection, toBuffer),
        // No answer: the link asks the server again, and hears the same.
        onWipeDue: (key) => void page.wiper.wipeIfOrdered(connection.user.id, key).catch(() => undefined),
      });
      return replica;
    },
    async signIn() {
      const answer = await page.session.getState().signIn(email.toUpperCase(), password);
      if (!answer.ok) throw new Error(`${email} cannot sign in: ${answer.code}`);
    },
    async restart({ forgotten = false } = {}) {
      page.stop();
      page.wiper.close();
      await replica?.close();
      replica = null;
      if (forgotten) vault = memoryVault();
      page = newPage();
      await start();
    },
    unplug() {
      line.plugged = false;
      live.forEach((cut) => cut.abort(new TypeError('network changed')));
    },
    plug: () => void (line.plugged = true),
    disk: async () =>
      new Map([...(await readDisk(indexedDB)), ['storage', [...files].map((entry) => entry.join(' '))]]),
    async close() {
      page.stop();
      await replica?.close();
      page.wiper.close();
    },
  };

  async function start(): Promise<void> {
    await page.wiper.finish();
    await page.session.restore();
    page.stop = watchWipes(page.wiper, page.session);
  }

  await start();
  await computer.signIn();
  return computer;
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
        rows.map((row) => JSON.stringify(row, letters)),
      );
    }
    database.close();
  }
  return found;
}

/** JSON knows no bytes: they are read as letters, so that a text in them is found. */
const letters = (_name: string, value: unknown): unknown =>
  value instanceof ArrayBuffer || ArrayBuffer.isView(value)
    ? new TextDecoder('latin1').decode(value as ArrayBuffer)
    : value;

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
