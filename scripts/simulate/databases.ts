import { addRxPlugin, type RxDatabase } from 'rxdb';

type Closable = RxDatabase & { onClosed?: () => void };
const open = new Map<string, Closable>();

addRxPlugin({
  name: 'simulation',
  rxdb: true,
  hooks: { createRxDatabase: { after: ({ database }) => void open.set(database.name, database as Closable) } },
});

/**
 * Forgets a database whose program was killed. RxDB keeps a list of what is open in this process and waits for it to close, which
 * a dead program never does; on a real computer the list dies with it.
 */
export function forgetDatabase(ending: string): void {
  for (const [name, database] of open) {
    if (!name.includes(ending)) continue;
    open.delete(name);
    database.close = () => Promise.resolve(true);
    database.onClosed?.();
  }
}
