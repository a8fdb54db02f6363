import type { Core } from './core.ts';
import { dropRows } from './drop-rows.ts';

/**
 * Rows that a full set did not hold although a verdict confirmed them while it came in. Such a verdict was read after the set or before
 * it: the row is there and its news is still to come, or it went in between and nobody will ever tell. What happened since the set
 * decides: a row that is not named in it is gone.
 */
export type Unconfirmed = {
  /** Call whenever everything up to a checkpoint behind the set has come; the first time decides. */
  settle(): Promise<void>;
  stop(): void;
};

/** Listens from now on for news of these rows. */
export function watchUnconfirmed(core: Core, keys: readonly string[]): Unconfirmed {
  if (keys.length === 0) return { settle: async () => undefined, stop: () => undefined };
  const heard = core.listen();
  let isSettled = false;
  return {
    async settle() {
      if (isSettled) return;
      const rows = keys.map((key) => ({
        key,
        type: key.slice(0, key.indexOf('|')),
        id: key.slice(key.indexOf('|') + 1),
      }));
      await dropRows(core, rows, heard.has);
      isSettled = true;
      heard.stop();
    },
    stop: heard.stop,
  };
}
