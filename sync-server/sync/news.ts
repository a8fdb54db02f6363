import type { Actor } from '#contract/roles.ts';
import { become } from '../db/as-actor.ts';
import type { Tx } from '../db/sql.ts';
import type { Deps } from '../deps.ts';
import { inSnapshot, readChanges, type Page, type Position } from './delta.ts';
import type { Listener } from './feeder.ts';

/** What changed for a group of listeners who read it alike: serialised once, for all of them. */
export type News = {
  position: Position;
  pages: readonly Page[];
};

/** What a look has found. */
export type Found = {
  /** The state of the database that was looked at. */
  snapshot: string;
  shared: readonly { listeners: readonly Listener[]; news: News }[];
  /** Those who are asked for alone: what they read has moved. */
  alone: readonly Listener[];
};

/** Most groups that are read in one look; whoever is in a further one is asked for alone. */
const mostGroups = 50;

/**
 * Finds who of the listeners is concerned by what changed since the last look, and reads it once for all who read it alike, as
 * one of them, in the one snapshot that all of them stand at afterwards.
 */
export async function findNews(deps: Deps, since: string, listeners: readonly Listener[]): Promise<Found> {
  const byPerson = Map.groupBy(listeners, ({ userId }) => userId);
  const [{ sessionId, ...anybody }] = listeners as [Listener];
  return inSnapshot(deps, { actor: actorOf(anybody), sessionId }, async (tx, position) => {
    const concerned = await findConcerned(tx, deps.serverKey, since, [...byPerson.keys()]);
    const alone: Listener[] = [];
    const groups = new Map<string, Listener[]>();
    for (const [person, same] of concerned) {
      const own = byPerson.get(person) ?? [];
      const key = `${own[0]!.role} ${same}`;
      const group = groups.get(key);
      if (same === null || (!group && groups.size === mostGroups)) alone.push(...own);
      else if (group) group.push(...own);
      else groups.set(key, [...own]);
    }
    const shared = [];
    for (const group of groups.values()) {
      const [one] = group as [Listener];
      await become(tx, actorOf(one), { session_id: one.sessionId });
      shared.push({ listeners: group, news: { position, pages: await readChanges(tx, since) } });
    }
    return { snapshot: position.snapshot, shared, alone };
  });
}

const actorOf = ({ userId, role }: Pick<Listener, 'userId' | 'role'>): Actor => ({ id: userId, role });

/** By person; null where their own reading moved, whatever else concerns them. */
async function findConcerned(
  tx: Tx,
  serverKey: string,
  since: string,
  people: readonly string[],
): Promise<Map<string, string | null>> {
  const { rows } = await tx.query<{ person: string; same: string | null }>({
    name: 'sync-concerned',
    text: 'select person, same from server_find_concerned($1, $2, $3)',
    values: [serverKey, since, people],
  });
  const found = new Map<string, string | null>();
  for (const { person, same } of rows) found.set(person, found.get(person) === null ? null : same);
  return found;
}
