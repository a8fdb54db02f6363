import type { Core } from './core.ts';
import { changeMark, readMark, type SyncMark } from './device-database.ts';
import { cell } from './store.ts';
import type { SyncFacts } from './sync-state.ts';
import type { Store } from './types.ts';

/** What the pill must know beside the queue, kept in memory and, where it must last, in the mark. */
export type FactKeeper = {
  /** Wakes whoever shows the state of things. */
  changed: Store<number>;
  wake(): void;
  get(): Pick<SyncFacts, 'full' | 'mark' | 'first' | 'busy'>;
  setMark(change: Partial<SyncMark>): Promise<void>;
  /** The mark as the pull has just stored it: everything before it is applied. */
  tookCheckpoint(mark: SyncMark): void;
  setFull(full: boolean): void;
  setFirst(change: Partial<SyncFacts['first']>): void;
  /** Follows a store that says whether something is under way; only what lasts longer than a blink shows. */
  followWork(works: Store<boolean>): () => void;
  close(): void;
};

/** Shorter work than this does not show, so that the pill does not flicker (screens 3.1). */
const blinkMs = 800;
/** Counts of a first sync change with every page, and whoever shows them draws: so often is often enough. */
const countsMs = 200;
const nothingYet: SyncFacts['first'] = { applied: 0, expected: null, bytes: 0, ready: false };

export async function openFacts(core: Core): Promise<FactKeeper> {
  const changed = cell(0);
  const wake = (): void => changed.set(changed.get() + 1);
  let mark = await readMark(core.device);
  let first = nothingYet;
  let full = false;
  let busy = false;
  let blink: ReturnType<typeof setTimeout> | undefined;
  let counts: ReturnType<typeof setTimeout> | undefined;

  const setBusy = (next: boolean): void => {
    clearTimeout(blink);
    busy = next;
    wake();
  };

  return {
    changed,
    wake,
    get: () => ({ full, mark, first, busy }),
    async setMark(change) {
      mark = await changeMark(core.device, change);
      if (!mark.complete && change.checkpoint === null) first = nothingYet;
      wake();
    },
    tookCheckpoint(next) {
      mark = next;
      full = false;
      wake();
    },
    setFull(next) {
      full = next;
      wake();
    },
    setFirst(change) {
      first = { ...first, ...change };
      if (change.ready) return wake();
      counts ??= setTimeout(() => {
        counts = undefined;
        wake();
      }, countsMs);
    },
    followWork: (works) =>
      works.subscribe(() => {
        clearTimeout(blink);
        if (!works.get()) setBusy(false);
        else blink = setTimeout(() => setBusy(true), blinkMs);
      }),
    close() {
      clearTimeout(blink);
      clearTimeout(counts);
    },
  };
}
