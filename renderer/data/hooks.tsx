import {
  createContext,
  startTransition,
  use,
  useCallback,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from 'react';
import type { TableName } from '#contract/tables/index.ts';
import { derived } from './store.ts';
import type {
  DocOf,
  HeldSummary,
  PendingItem,
  Problem,
  Replica,
  RowsOptions,
  Selector,
  Store,
  SyncBadge,
  SyncState,
  Upload,
  Writes,
} from './types.ts';

const ReplicaContext = createContext<Replica | null>(null);

/** Gives the screens below it the signed-in person's replica. */
export function DataProvider({ replica, children }: { replica: Replica; children: ReactNode }) {
  return <ReplicaContext value={replica}>{children}</ReplicaContext>;
}

export function useReplica(): Replica {
  const replica = use(ReplicaContext);
  if (!replica) throw new Error('useReplica outside of DataProvider');
  return replica;
}

const useStore = <T,>(store: Store<T>): T => useSyncExternalStore(store.subscribe, store.get, store.get);

/**
 * As `useStore`, but drawn when the page has time for it, piece by piece, with other changes that come meanwhile. Drawn at once, rows
 * that many questions wait for would make one long task, and throw away a screen that is just being drawn.
 */
function useCalmly<T>(store: Store<T>): T {
  const [held, setHeld] = useState(() => ({ store, value: store.get() }));
  useEffect(() => {
    const look = (): void =>
      startTransition(() => {
        const value = store.get();
        setHeld((before) => (before.store === store && Object.is(before.value, value) ? before : { store, value }));
      });
    look();
    return store.subscribe(look);
  }, [store]);
  // Of another question nothing is held yet.
  return held.store === store ? held.value : store.get();
}

/** Live rows of a table; undefined while they are first read. Selector and options are compared by content. */
export function useRows<T extends TableName>(
  type: T,
  selector?: Selector,
  options?: RowsOptions,
): DocOf<T>[] | undefined {
  const replica = useReplica();
  const question = JSON.stringify([selector ?? null, options ?? null]);
  const store = useMemo(() => {
    const [asked, shape] = JSON.parse(question) as [Selector | null, RowsOptions | null];
    return replica.rows(type, asked ?? undefined, shape ?? undefined);
  }, [replica, type, question]);
  return useCalmly(store);
}

/** The rows of several tables by their names, or nothing of any until all are read: whoever needs all of them draws once. */
export type Tables<T extends TableName> = { [Name in T]: DocOf<Name>[] };

/** Live rows of several tables; undefined while one of them is first read. `types` must be the same list each time. */
export function useTables<T extends TableName>(types: readonly T[]): Tables<T> | undefined {
  const replica = useReplica();
  return useCalmly(useMemo(() => allOf(replica, types), [replica, types]));
}

function allOf<T extends TableName>(replica: Replica, types: readonly T[]): Store<Tables<T> | undefined> {
  const stores = types.map((type) => [type, replica.rows(type)] as const);
  const read = (): Tables<T> | undefined => {
    const lists = stores.map(([type, store]) => [type, store.get()] as const);
    return lists.some(([, list]) => !list) ? undefined : (Object.fromEntries(lists) as Tables<T>);
  };
  const same = (a?: Tables<T>, b?: Tables<T>): boolean =>
    a === b || (!!a && !!b && types.every((type) => a[type] === b[type]));
  return derived(
    stores.map(([, store]) => store),
    read,
    same,
  );
}

const nothing: Store<null> = { get: () => null, subscribe: () => () => undefined };

/** One live row; undefined while it is first read, null when there is none (or no id was given). */
export function useRow<T extends TableName>(type: T, id: string | null | undefined): DocOf<T> | null | undefined {
  const replica = useReplica();
  const store = useMemo<Store<DocOf<T> | null | undefined>>(
    () => (id ? replica.row(type, id) : nothing),
    [replica, type, id],
  );
  return useCalmly(store);
}

export const useWrites = (): Writes => useReplica().writes;

/** The sync badge of something the person wrote; null = nothing to say. */
export function useBadge(type: TableName, id: string | null | undefined): SyncBadge | null {
  const replica = useReplica();
  const store = useMemo<Store<SyncBadge | null>>(() => (id ? replica.badge(type, id) : nothing), [replica, type, id]);
  return useStore(store);
}

/** The whole sync state, which a first sync changes several times a second. */
export const useSyncState = (): SyncState => useCalmly(useReplica().syncState);

/** One fact of the sync state. Draws only when it changes, where the whole state changes with every page of a first sync. */
export function useSyncFact<T extends string | number | boolean | null>(pick: (state: SyncState) => T): T {
  const { syncState } = useReplica();
  return useSyncExternalStore(syncState.subscribe, () => pick(syncState.get()));
}
export const usePending = (): PendingItem[] => useStore(useReplica().pending);
export const useProblems = (): Problem[] => useStore(useReplica().problems);

/** Progress of a file of this device; null when the device has no part in it. */
export function useUpload(fileId: string | null | undefined): Upload | null {
  const replica = useReplica();
  const store = useMemo<Store<Upload | null>>(() => (fileId ? replica.upload(fileId) : nothing), [replica, fileId]);
  return useStore(store);
}

/** Something half-written, kept sealed on this device only. `value` is undefined while it is read, null when there is none. */
export function useDraft<T>(key: string): {
  value: T | null | undefined;
  savedAt: Date | null;
  save: (value: T) => Promise<void>;
  clear: () => Promise<void>;
} {
  const replica = useReplica();
  const store = useMemo(() => replica.draft(key), [replica, key]);
  const { value, savedAt } = useStore(store);
  const save = useCallback((next: T) => replica.saveDraft(key, next), [replica, key]);
  const clear = useCallback(() => replica.clearDraft(key), [replica, key]);
  return { value: value as T | null | undefined, savedAt, save, clear };
}

/** Trusted time, looked at again every `everyMs`; null when this device cannot know it (first start offline). */
export function useTrustedNow(everyMs = 30_000): Date | null {
  const replica = useReplica();
  const [now, setNow] = useState(() => replica.trustedNow());
  useEffect(() => {
    const look = (): void => setNow(replica.trustedNow());
    look();
    const timer = setInterval(look, everyMs);
    return () => clearInterval(timer);
  }, [replica, everyMs]);
  return now;
}

/** Work that was kept when this device was wiped; null when there is none. */
export const useHeldWork = (): HeldSummary | null => useStore(useReplica().held);
