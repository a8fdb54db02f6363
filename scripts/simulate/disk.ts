import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';

/** What fake-indexeddb keeps inside; the only way to take a disk away from a program that was killed. */
type Transaction = { _state: string; _abort(error: string | null): void };
type Raw = { connections: { transaction: unknown; _closed: boolean }[]; transactions: Transaction[] };

/**
 * The disk of one computer. `kill` is what a power cut does: transactions that were not committed never happened, those that
 * were are there, and the program that wrote them reaches the disk no more.
 */
export class Disk {
  readonly options = { indexedDB: new IDBFactory(), IDBKeyRange };

  kill(): void {
    const databases = (this.options.indexedDB as unknown as { _databases: Map<string, Raw> })._databases;
    for (const raw of databases.values()) {
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
}
