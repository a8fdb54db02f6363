import type { Listener } from './feeder/listener.ts';

/** A scope that somebody who listens here reads. */
export type Scope = {
  readonly name: string;
  /** People here who read it; with the last one it is forgotten. */
  holders: number;
  /** Its place among the scopes of the news that are being handed out; null where they have nothing in it. */
  place: number | null;
};

/** One person with open streams here. */
export type Reader = {
  readonly userId: string;
  /** As a list: nearly always one, and a set takes eight times its memory. */
  readonly streams: Listener[];
  /** What they read, in the order of names, as the database said at the last look; null: not asked yet, or moved since. */
  scopes: readonly Scope[] | null;
};

/** The people who listen in one process and what they read, so that a change finds its readers without a question for each. */
export type Readers = {
  add(listener: Listener): void;
  remove(listener: Listener): void;
  /** The streams that a person has open here. */
  streamsOf(userId: string): readonly Listener[];
  everybody(): Iterable<Reader>;
  /** People whose scopes are to be asked for. */
  unknown(): string[];
  /** What the database says they read; nothing for somebody who has left meanwhile. */
  know(userId: string, scopes: readonly string[]): void;
  /** They read something else now: until it is asked again, they are told alone. */
  forget(userId: string): void;
  scope(name: string): Scope | undefined;
};

export function createReaders(): Readers {
  const readers = new Map<string, Reader>();
  const unknown = new Set<string>();
  const scopes = new Map<string, Scope>();

  function hold(name: string): Scope {
    let scope = scopes.get(name);
    if (!scope) scopes.set(name, (scope = { name, holders: 0, place: null }));
    scope.holders += 1;
    return scope;
  }

  function letGo(reader: Reader): void {
    for (const scope of reader.scopes ?? []) {
      scope.holders -= 1;
      if (scope.holders === 0) scopes.delete(scope.name);
    }
    reader.scopes = null;
  }

  return {
    add(listener) {
      let reader = readers.get(listener.userId);
      if (!reader) {
        readers.set(listener.userId, (reader = { userId: listener.userId, streams: [], scopes: null }));
        unknown.add(listener.userId);
      }
      reader.streams.push(listener);
    },
    remove(listener) {
      const reader = readers.get(listener.userId);
      const at = reader?.streams.indexOf(listener) ?? -1;
      if (!reader || at === -1) return;
      reader.streams.splice(at, 1);
      if (reader.streams.length > 0) return;
      letGo(reader);
      readers.delete(listener.userId);
      unknown.delete(listener.userId);
    },
    streamsOf: (userId) => readers.get(userId)?.streams ?? [],
    everybody: () => readers.values(),
    unknown: () => [...unknown],
    know(userId, names) {
      const reader = readers.get(userId);
      if (!reader) return;
      letGo(reader);
      reader.scopes = names.map(hold);
      unknown.delete(userId);
    },
    forget(userId) {
      const reader = readers.get(userId);
      if (!reader) return;
      letGo(reader);
      unknown.add(userId);
    },
    scope: (name) => scopes.get(name),
  };
}
