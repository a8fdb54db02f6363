import type { RxDocument } from 'rxdb';
import type { Subscription } from 'rxjs';
import { docKey, findTable, type TableName } from '#contract/tables/index.ts';
import type { ReplicaDoc } from './documents.ts';
import { collectionOf, type ReplicaDatabase } from './replica-database.ts';
import { cell } from './store.ts';
import type { DocOf, RowsOptions, Selector, Store } from './types.ts';

/** Live questions to the replica, one store per question, kept a while so that going back does not blink. */
export type LiveRows = {
  rows<T extends TableName>(type: T, selector?: Selector, options?: RowsOptions): Store<DocOf<T>[] | undefined>;
  row<T extends TableName>(type: T, id: string): Store<DocOf<T> | null | undefined>;
  find<T extends TableName>(type: T, selector?: Selector, options?: RowsOptions): Promise<DocOf<T>[]>;
  close(): void;
};

/** How long an unwatched question stays live. */
const lingerMs = 30_000;

export function createLiveRows(database: ReplicaDatabase): LiveRows {
  const stores = new Map<string, Watched<unknown>>();
  const plain = createPlain();

  function query<T extends TableName>(type: T, selector: Selector = {}, options: RowsOptions = {}) {
    const family = findTable(type)?.family;
    if (!family) throw new Error(`no such table: ${type}`);
    return collectionOf(database, family).find({ selector: { type, ...selector }, ...options } as never);
  }

  /** A question nobody asked for a while is forgotten; whoever still holds its store may ask it again. */
  function keep<V>(name: string, make: (onStop: () => void) => Watched<V>): Store<V> {
    const known = stores.get(name) as Watched<V> | undefined;
    if (known) return known;
    const made = make(() => stores.delete(name));
    stores.set(name, made as Watched<unknown>);
    return made;
  }

  return {
    rows<T extends TableName>(type: T, selector?: Selector, options?: RowsOptions) {
      return keep(JSON.stringify([type, selector ?? null, options ?? null]), (onStop) =>
        watched<DocOf<T>[] | undefined>(undefined, onStop, (show) =>
          query(type, selector, options).$.subscribe((docs) => {
            show((before) => {
              const next = (docs as RxDocument<ReplicaDoc>[]).map(plain);
              const same = before?.length === next.length && next.every((doc, i) => doc === (before[i] as unknown));
              return same ? before : (next as unknown as DocOf<T>[]);
            });
          }),
        ),
      );
    },
    row<T extends TableName>(type: T, id: string) {
      const family = findTable(type)?.family;
      if (!family) throw new Error(`no such table: ${type}`);
      const key = docKey(type, id);
      return keep(`row ${key}`, (onStop) =>
        watched<DocOf<T> | null | undefined>(undefined, onStop, (show) =>
          collectionOf(database, family)
            .findOne(key)
            .$.subscribe((doc) => show(() => (doc ? (plain(doc) as unknown as DocOf<T>) : null))),
        ),
      );
    },
    async find<T extends TableName>(type: T, selector?: Selector, options?: RowsOptions) {
      const docs = await query(type, selector, options).exec();
      return (docs as RxDocument<ReplicaDoc>[]).map(plain) as unknown as DocOf<T>[];
    },
    close() {
      for (const store of [...stores.values()]) store.stop();
      stores.clear();
    },
  };
}

type Watched<V> = Store<V> & { stop(): void };

/** Subscribes with its first listener and stops a while after its last one left. */
function watched<V>(
  initial: V,
  onStop: () => void,
  start: (show: (next: (before: V) => V) => void) => Subscription,
): Watched<V> {
  const value = cell(initial);
  let watchers = 0;
  let subscription: Subscription | null = null;
  let leaving: ReturnType<typeof setTimeout> | undefined;
  const stop = (): void => {
    clearTimeout(leaving);
    subscription?.unsubscribe();
    subscription = null;
    onStop();
  };
  return {
    get: value.get,
    subscribe(listener) {
      clearTimeout(leaving);
      watchers += 1;
      const leave = value.subscribe(listener);
      subscription ??= start((next) => value.set(next(value.get())));
      return () => {
        leave();
        watchers -= 1;
        if (watchers > 0) return;
        leaving = setTimeout(stop, lingerMs);
        // A test that ends must not be kept alive by a question nobody asks any more.
        (leaving as { unref?: () => void }).unref?.();
      };
    },
    stop,
  };
}

/** One plain object per state of a document, so that unchanged rows stay the same object for React. */
function createPlain(): (doc: RxDocument<ReplicaDoc>) => ReplicaDoc {
  const known = new WeakMap<object, ReplicaDoc>();
  return (doc) => {
    const made = known.get(doc) ?? (doc.toJSON() as ReplicaDoc);
    known.set(doc, made);
    return made;
  };
}
