import type { Family, TableName } from '#contract/tables/index.ts';
import type { PoolClient, Tx } from '../db/sql.ts';
import { asActor } from '../db/as-actor.ts';
import type { Deps } from '../deps.ts';
import type { Caller } from './caller.ts';
import { isAhead, isBehind, openCheckpoint, type Checkpoint } from './checkpoint.ts';
import { settleEpoch } from './epoch.ts';
import { docsLine, docText, familyOf, sendingOrder, type SeenRow } from './frames.ts';

/** Rows per page from the database and documents per frame at most. */
const pageSize = 500;

/** One consistent state of the database, and how far back it remembers what left. */
export type Position = {
  epoch: string;
  snapshot: string;
  /** The whole snapshot of the database, which no checkpoint can be ahead of. */
  reached: string;
  purgedUpto: string;
};

/** The database is not the one whose epoch is on record (restored, promoted, reloaded). */
class NewHistoryError extends Error {}

/**
 * Runs `work` as the person inside one snapshot of the database: all it reads is one consistent state, which `position` names.
 */
export async function inSnapshot<T>(
  deps: Deps,
  { actor, sessionId }: Pick<Caller, 'actor' | 'sessionId'>,
  work: (tx: Tx, position: Position, client: PoolClient) => Promise<T>,
): Promise<T> {
  const read = () =>
    asActor(
      deps.people,
      actor,
      async (tx, client) => {
        const { rows } = await tx.query<{
          epoch: string | null;
          snapshot: string;
          reached: string;
          purged_upto: string;
        }>({
          name: 'sync-position',
          text: `select sync_epoch_now() as epoch, sync_snapshot()::text as snapshot, pg_current_snapshot()::text as reached,
                        sync_purged_upto()::text as purged_upto`,
        });
        const { epoch, snapshot, reached, purged_upto: purgedUpto } = rows[0]!;
        if (epoch === null) throw new NewHistoryError();
        return work(tx, { epoch, snapshot, reached, purgedUpto }, client);
      },
      { isolation: 'repeatable read read only', claims: { session_id: sessionId } },
    );
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof NewHistoryError)) throw error;
    await settleEpoch(deps.server);
    return read();
  }
}

/** The device's checkpoint as far as it still means something here; null = the full set, told as a reset. */
export function usableCheckpoint(
  { serverKey }: Deps,
  { actor, boundTo }: Caller,
  sealed: string,
  { epoch, reached, purgedUpto }: Position,
): Checkpoint | null {
  const checkpoint = openCheckpoint(serverKey, sealed, { userId: actor.id, boundTo });
  if (!checkpoint || checkpoint.epoch !== epoch) return null;
  if (isAhead(checkpoint.snapshot, reached) || isBehind(checkpoint.snapshot, purgedUpto)) return null;
  return checkpoint;
}

/** Takes lines one after the other; resolves when the next may follow, rejects when nobody reads any more. */
export type Send = (line: (n?: number) => string | Uint8Array) => Promise<void>;

/** Sends what changed for this person since the snapshot as `docs` frames, one family after the other. */
export async function sendChanges(tx: Tx, since: string, send: Send): Promise<void> {
  await tx.query({
    text: `declare sync_changes no scroll cursor for
           select type, id, v, body from sync_delta($2::pg_snapshot) order by array_position($1::text[], type)`,
    values: [sendingOrder, since],
  });
  for (;;) {
    const { rows } = await tx.query<SeenRow>(`fetch ${pageSize} from sync_changes`);
    for (const { family, docs } of byFamily(rows)) await send((n) => docsLine(family, docs.join(','), { n }));
    if (rows.length < pageSize) break;
  }
  await tx.query('close sync_changes');
}

/** Documents of one family, as JSON text joined by commas. */
export type Page = { family: Family; docs: string };

/**
 * What changed for this person since a snapshot of a moment ago, in pages. Its plan is kept and goes through what was changed since
 * by anybody: for an older snapshot that may be much, and `sendChanges` is planned for it.
 */
export async function readChanges(tx: Tx, since: string): Promise<Page[]> {
  await tx.query("set local plan_cache_mode = 'force_generic_plan'");
  const { rows } = await tx.query<SeenRow>({
    name: 'sync-delta',
    text: 'select type, id, v, body from sync_delta($1::pg_snapshot)',
    values: [since],
  });
  return pagesOf(rows);
}

/** Rows in the order of sending, in pages. */
export function pagesOf(rows: readonly SeenRow[]): Page[] {
  const pages: Page[] = [];
  const sorted = rows.length > 1 ? rows.toSorted((a, b) => placeOf(a.type) - placeOf(b.type)) : rows;
  for (const { family, docs } of byFamily(sorted))
    for (let from = 0; from < docs.length; from += pageSize)
      pages.push({ family, docs: docs.slice(from, from + pageSize).join(',') });
  return pages;
}

const placeOf = (type: string): number => sendingOrder.indexOf(type as TableName);

/** Rows come family by family; a table this server no longer knows is passed over. */
function byFamily(rows: readonly SeenRow[]) {
  const groups: { family: Family; docs: string[] }[] = [];
  for (const row of rows) {
    const family = familyOf(row.type);
    if (!family) continue;
    const last = groups.at(-1);
    if (last?.family === family) last.docs.push(docText(row));
    else groups.push({ family, docs: [docText(row)] });
  }
  return groups;
}
