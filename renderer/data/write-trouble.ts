import type { Writes, WriteTrouble } from './types.ts';
import { UnshownError } from './unshown.ts';
import { RowGoneError, NotWritableError } from './writing.ts';

/** Tells whoever listens of what could not be written or shown, wherever in the app it was written. */
export type WriteTroubles = {
  tell(trouble: WriteTrouble): void;
  listen(listener: (trouble: WriteTrouble) => void): () => void;
  /** The same writes; each that is rejected is told of, and rejected all the same. */
  watch(writes: Writes): Writes;
};

export function createWriteTroubles(): WriteTroubles {
  const listeners = new Set<(trouble: WriteTrouble) => void>();
  const tell = (trouble: WriteTrouble): void => listeners.forEach((listener) => listener(trouble));
  async function watched<T>(write: Promise<T>): Promise<T> {
    try {
      return await write;
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble) tell(trouble);
      throw error;
    }
  }
  return {
    tell,
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    watch: (writes) => ({
      insert: (type, row) => watched(writes.insert(type, row)),
      update: (type, id, set, seen) => watched(writes.update(type, id, set, seen)),
      remove: (type, id) => watched(writes.remove(type, id)),
    }),
  };
}

/** Null for a fault of a screen, which its person can do nothing about. */
function troubleOf(error: unknown): WriteTrouble | null {
  if (error instanceof UnshownError) return 'unseen';
  if (error instanceof RowGoneError) return 'gone';
  return error instanceof NotWritableError ? null : 'disk';
}
