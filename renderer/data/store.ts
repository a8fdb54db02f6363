import type { Store } from './types.ts';

/** A store whose value is set by its owner; equal values (by `Object.is`) wake nobody. */
export type Cell<T> = Store<T> & { set(value: T): void };

export function cell<T>(initial: T): Cell<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** A store computed from others; recomputed when one of them changes and kept when `same` says nothing changed. */
export function derived<T>(
  sources: readonly Store<unknown>[],
  compute: () => T,
  same: (a: T, b: T) => boolean = Object.is,
): Store<T> {
  let value = compute();
  const refresh = (): boolean => {
    const next = compute();
    if (same(next, value)) return false;
    value = next;
    return true;
  };
  return {
    get() {
      refresh();
      return value;
    },
    subscribe(listener) {
      refresh();
      // What this listener last heard of: another reader may have refreshed the value before this one is woken.
      let heard = value;
      const wake = (): void => {
        refresh();
        if (Object.is(heard, value)) return;
        heard = value;
        listener();
      };
      const stops = sources.map((source) => source.subscribe(wake));
      return () => stops.forEach((stop) => stop());
    },
  };
}

/** Resolves once the store's value passes; for actions that must wait, and for tests. */
export function until<T>(store: Store<T>, passes: (value: T) => boolean, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    let stop = (): void => undefined;
    const look = (): void => {
      const value = store.get();
      if (!passes(value)) return;
      stop();
      resolve(value);
    };
    signal?.addEventListener('abort', () => {
      stop();
      reject(signal.reason as Error);
    });
    stop = store.subscribe(look);
    look();
  });
}
