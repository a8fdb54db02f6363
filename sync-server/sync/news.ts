import type { Deps } from '../deps.ts';
import { pagesOf, type Page } from './delta.ts';
import type { Listener } from './feeder/listener.ts';
import { readNews, type PublishedRow, type Read, type State } from './read-news.ts';
import type { Reader, Readers, Scope } from './readers.ts';

/** What changed for a group of streams that get the same: serialised once, for all of them. */
export type News = {
  position: State;
  pages: readonly Page[];
};

/** What a look has found. */
export type Found = {
  /** The state of the database that was looked at. */
  snapshot: string;
  shared: readonly { listeners: readonly Listener[]; news: News }[];
  /** Those who are asked for alone: what they read has moved, or more has changed than is shared out. */
  alone: readonly Listener[];
};

/**
 * Finds who of those who listen here is concerned by what was published since the last look, and what each of them gets. One
 * statement, whoever listens: rows come with the scopes they are published in, people with the scopes they read, both as the
 * database decided them in one state; here they are only laid side by side, by the rule of `sync_delta` for scopes that were kept.
 */
export async function findNews(deps: Pick<Deps, 'server'>, since: string, readers: Readers): Promise<Found> {
  const read = await readNews(deps, since, readers.unknown());
  for (const [person, scopes] of read.reads) readers.know(person, scopes);
  const { changed, places } = placesOf(read, readers);
  const groups = new Map<string, { places: readonly number[]; listeners: Listener[] }>();
  const alone: Listener[] = [];
  for (const reader of readers.everybody()) {
    // Whoever has come while this was read is not known yet; the feeder asks for them alone.
    if (reader.scopes === null) continue;
    const held = placesHeld(reader, places.length);
    const isConcerned = held.some((place) => changed[place]);
    if (read.moved.has(reader.userId) || (isConcerned && read.rows === null)) alone.push(...reader.streams);
    else if (isConcerned) {
      const key = held.join();
      const group = groups.get(key);
      if (group) group.listeners.push(...reader.streams);
      else groups.set(key, { places: held, listeners: [...reader.streams] });
    }
  }
  for (const scope of places) scope.place = null;
  // From here on they read something else; they are asked anew at the next look.
  for (const person of read.moved) readers.forget(person);
  const rowsAt = rowsByPlace(read.rows ?? [], places);
  const shared = [...groups.values()].map(({ places: held, listeners }) => ({
    listeners,
    news: { position: read.state, pages: pagesOf(bestOf(held.flatMap((place) => rowsAt[place]!))) },
  }));
  return { snapshot: read.state.snapshot, shared, alone };
}

/** Numbers the scopes of the news that anybody here reads; `changed` tells by number whether anything in it did. */
function placesOf({ rows, much }: Read, readers: Readers): { places: Scope[]; changed: boolean[] } {
  const places: Scope[] = [];
  const changed: boolean[] = [];
  const note = (name: string, isFresh: boolean): void => {
    const scope = readers.scope(name);
    if (!scope) return;
    if (scope.place === null) scope.place = places.push(scope) - 1;
    changed[scope.place] ||= isFresh;
  };
  for (const { scope, fresh } of rows ?? []) note(scope, fresh);
  for (const name of much) note(name, true);
  return { places, changed };
}

function placesHeld({ scopes }: Reader, count: number): number[] {
  const held: number[] = [];
  if (count > 0) for (const { place } of scopes ?? []) if (place !== null) held.push(place);
  return held;
}

type Ranked = PublishedRow & { at: number };

/** The rows of each numbered scope, with their place in the order of the answer. */
function rowsByPlace(rows: readonly PublishedRow[], places: readonly Scope[]): Ranked[][] {
  const byName = new Map(places.map(({ name }) => [name, [] as Ranked[]]));
  for (const [at, row] of rows.entries()) byName.get(row.scope)?.push({ ...row, at });
  return [...byName.values()];
}

/** Of rows that changed in one of these scopes, the body that readers of all of them get: the first in the order of the answer. */
function bestOf(rows: readonly Ranked[]): PublishedRow[] {
  const best = new Map<string, { row: PublishedRow; isFresh: boolean }>();
  for (const row of rows.toSorted((a, b) => a.at - b.at)) {
    const key = `${row.type}|${row.id}`;
    const first = best.get(key);
    if (first) first.isFresh ||= row.fresh;
    else best.set(key, { row, isFresh: row.fresh });
  }
  return [...best.values()].filter(({ isFresh }) => isFresh).map(({ row }) => row);
}
