import type { Family } from '#contract/tables/index.ts';
import { countRows, openFamilies, type ReplicaDatabase } from './replica-database.ts';

/**
 * What is remembered while everything that a person may see comes in, which is so at a first sync and after a `reset`. At its end rows
 * that were not in it are dropped (`drop-rows.ts`).
 */
export type FullSet = {
  /** From now on what is noted is gathered here. */
  start(): Set<string>;
  /** Ends it; answers the rows that only verdicts told of. */
  end(): string[];
  /** It is in the set. */
  note(key: string): void;
  /** A verdict confirmed it while the set came in: it may be younger than the set, and may be older. */
  noteConfirmed(key: string): void;
  /** The family held nothing when the full set began to come in: what comes for it is new and need not be looked up. */
  isBlank(family: Family): Promise<boolean>;
};

export function createFullSet(database: ReplicaDatabase): FullSet {
  let keys: Set<string> | null = null;
  const confirmed = new Set<string>();
  const blank = new Map<Family, Promise<boolean>>();

  function isBlank(family: Family): Promise<boolean> {
    if (!keys) return Promise.resolve(false);
    // Where it cannot be known the rows are looked up, which tells what is wrong with the disk.
    const asked = blank.get(family) ?? countRows(database, family).then((count) => count === 0);
    const known = asked.catch(() => false);
    blank.set(family, known);
    return known;
  }

  return {
    start() {
      blank.clear();
      confirmed.clear();
      keys = new Set();
      for (const family of openFamilies) void isBlank(family);
      return keys;
    },
    end() {
      keys = null;
      return [...confirmed];
    },
    note(key) {
      keys?.add(key);
      confirmed.delete(key);
    },
    noteConfirmed(key) {
      if (!keys || keys.has(key)) return;
      keys.add(key);
      confirmed.add(key);
    },
    isBlank,
  };
}
