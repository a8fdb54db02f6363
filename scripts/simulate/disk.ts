import { IDBFactory, IDBKeyRange, IDBObjectStore } from 'fake-indexeddb';
import type { Dice } from '../../sync-server/testing/oracle/world.ts';

/** What fake-indexeddb keeps inside; the only way to take a disk away from a program that was killed. */
type Transaction = { _state: string; _abort(error: string | null): void };
type Raw = { name: string; connections: { transaction: unknown; _closed: boolean }[]; transactions: Transaction[] };
type Held = { db: { _rawDatabase: Raw } } & Transaction;
type Store = { transaction: Held };

/**
 * `full`: nothing can be added. `shaky`: now and then a transaction fails, also one that had begun. `queue only`: of what the app
 * writes only its queue arrives, as where the power goes between the two.
 */
export type DiskMode = 'good' | 'full' | 'shaky' | 'queue only';

const disks = new WeakMap<Raw, Disk>();
const disksOpen = new Set<Disk>();

/**
 * The disk of one computer. `kill` is what a power cut does: transactions that were not committed never happened, those that
 * were are there, and the program that wrote them reaches the disk no more.
 */
export class Disk {
  readonly options = { indexedDB: new IDBFactory(), IDBKeyRange };
  mode: DiskMode = 'good';
  failures = 0;
  private readonly doomed = new WeakMap<object, boolean>();
  private readonly dice: Dice;

  constructor(dice: Dice) {
    this.dice = dice;
    disksOpen.add(this);
  }

  private get databases(): Map<string, Raw> {
    return (this.options.indexedDB as unknown as { _databases: Map<string, Raw> })._databases;
  }

  kill(): void {
    for (const raw of this.databases.values()) {
      for (const connection of raw.connections) {
        connection.transaction = () => {
          throw new DOMException('the computer is off', 'UnknownError');
        };
        connection._closed = true;
      }
      for (const transaction of raw.transactions)
        if (transaction._state !== 'finished') transaction._abort('AbortError');
      raw.connections = [];
    }
  }

  holds(raw: Raw): boolean {
    return [...this.databases.values()].includes(raw);
  }

  /** Whether what is about to be written in this transaction fails. */
  fails(transaction: Held): boolean {
    if (this.mode === 'good') return false;
    if (!this.doomed.has(transaction)) this.doomed.set(transaction, this.isDoomed(transaction));
    const fails = this.doomed.get(transaction)!;
    if (fails) this.failures += 1;
    return fails;
  }

  private isDoomed({ db }: Held): boolean {
    if (this.mode === 'queue only') return !db._rawDatabase.name.startsWith('growthos-device-');
    return this.mode === 'full' || this.dice.chance(0.35);
  }

  /** Everything that lies on it, as text, by `database/store`. */
  async read(): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (const { name } of await this.options.indexedDB.databases()) {
      const database = await done(this.options.indexedDB.open(name!));
      for (const store of database.objectStoreNames)
        found.set(
          `${name}/${store}`,
          JSON.stringify(await done(database.transaction(store).objectStore(store).getAll())),
        );
      database.close();
    }
    return found;
  }

  /** Takes the entries with these keys out of every database whose name holds this. */
  async remove(part: string, keys: IDBKeyRange): Promise<void> {
    for (const { name } of await this.options.indexedDB.databases()) {
      if (!name!.includes(part)) continue;
      const database = await done(this.options.indexedDB.open(name!));
      for (const store of database.objectStoreNames) {
        const transaction = database.transaction(store, 'readwrite');
        await done(transaction.objectStore(store).delete(keys));
      }
      database.close();
    }
  }

  forget(): void {
    disksOpen.delete(this);
  }
}

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('the disk did not answer')));
  });

function diskOf(raw: Raw): Disk | undefined {
  const known = disks.get(raw) ?? [...disksOpen].find((disk) => disk.holds(raw));
  if (known) disks.set(raw, known);
  return known;
}

for (const verb of ['put', 'add'] as const) {
  const real = IDBObjectStore.prototype[verb];
  IDBObjectStore.prototype[verb] = function (this: IDBObjectStore, ...given: Parameters<typeof real>) {
    const { transaction } = this as unknown as Store;
    if (diskOf(transaction.db._rawDatabase)?.fails(transaction))
      throw new DOMException('the disk is full', 'QuotaExceededError');
    return real.apply(this, given);
  };
}
