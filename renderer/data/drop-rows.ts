import type { Family } from '#contract/tables/index.ts';
import { breathe, chunkSize } from './apply.ts';
import type { Core } from './core.ts';
import { familyOf, type RowName } from './documents.ts';
import { countRows, nameOf, openFamilies, pickAll } from './replica-database.ts';
import { tableOf } from './writing.ts';

/** Drops what a full set did not hold. Rows with unsent edits stay: the server answers those edits one by one. */
export async function dropRest(core: Core, fullSet: ReadonlySet<string>): Promise<void> {
  const expected = countByFamily(fullSet);
  for (const family of openFamilies) {
    // Nothing was there before, so with nothing unsent an equal number means the same rows: the usual end of a first sync. Where something
    // was, it does not: a row that came and went again meanwhile counts as expected, and hides one that should go.
    const isPlain =
      (await core.wasBlank(family)) && !core.outbox.rows.get().some(({ type }) => familyOf(type) === family);
    if (isPlain && (await countRows(core.database, family)) === (expected.get(family) ?? 0)) continue;
    const held = await pickAll(core.database, family, nameOf);
    await dropRows(core, [...held, ...queuedRows(core, family)], (key) => fullSet.has(key));
  }
}

/** Rows with unsent writes, which may be missing from the replica: the disk did not take every one of them. */
const queuedRows = ({ outbox }: Core, family: Family): RowName[] =>
  outbox.rows.get().filter(({ type }) => familyOf(type) === family && !tableOf(type).device.pushOnly);

/** Drops what the server no longer has for this person; `stays` is asked when it is a row's turn. Unsent edits stay. */
export async function dropRows(core: Core, rows: readonly RowName[], stays: (key: string) => boolean): Promise<void> {
  const named = new Map(rows.filter(({ key }) => !stays(key)).map((row) => [row.key, row]));
  await inChunks(core, [...named.values()], async (some) => {
    const gone = some.filter(({ key }) => !stays(key));
    const written = gone.filter(({ key }) => core.outbox.has(key));
    await core.outbox.putMasters(new Map(written.map(({ key }) => [key, null])));
    await core.show(gone, () => null);
  });
}

/** Empties the replica but for rows with unsent writes, whose content exists nowhere else. */
export async function dropAll(core: Core): Promise<void> {
  for (const family of openFamilies) {
    const rows = await pickAll(core.database, family, nameOf);
    await inChunks(core, rows, (some) =>
      core.show(
        some.filter(({ key }) => !core.outbox.has(key)),
        () => null,
      ),
    );
  }
}

/** A turn for each chunk, between which the page draws and others write. */
async function inChunks(
  { turns }: Core,
  rows: readonly RowName[],
  work: (some: readonly RowName[]) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < rows.length; from += chunkSize) {
    await turns(() => work(rows.slice(from, from + chunkSize)));
    await breathe();
  }
}

function countByFamily(keys: ReadonlySet<string>): Map<Family, number> {
  const counts = new Map<Family, number>();
  for (const key of keys) {
    const family = familyOf(key.slice(0, key.indexOf('|')));
    if (family) counts.set(family, (counts.get(family) ?? 0) + 1);
  }
  return counts;
}
