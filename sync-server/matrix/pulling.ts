import { roles } from '#contract/roles.ts';
import type { WireDoc } from '#contract/protocol.ts';
import { tableNames } from '#contract/tables/index.ts';
import { applyDocs, pull } from '../testing/sync-client.ts';
import { readExpected } from './expected-reading.ts';
import { isSame } from './reading.ts';
import type { MatrixStage } from './stage.ts';
import type { Cell, Tally } from './tally.ts';

/** A full pull by everybody, document by document and column by column against the plain rule. */
export async function checkPull(stage: MatrixStage, tally: Tally): Promise<void> {
  for (const role of roles)
    for (const person of stage.of(role)) {
      const held = applyDocs(new Map(), (await pull(await stage.client(person), null)).docs);
      for (const name of tableNames) {
        const cell: Cell = { table: name, caller: role, verb: 'select' };
        const docs = new Map([...held.values()].filter(({ type }) => type === name).map((doc) => [doc.id, doc]));
        const { key } = stage.catalogue.get(name)!;
        const expected = await readExpected(stage.live, person, name, key);
        const all = await stage.rows<{ id: string }>(`select ${key} as id from ${name}`);
        for (const { id } of all) {
          const allowed = expected.get(id)?.device;
          const about = `document ${id} as ${person.email} by pull`;
          if (!allowed) tally.mustRefuse(cell, !docs.has(id), about);
          else
            tally.mustAllow(
              cell,
              isSame(contentOf(docs.get(id)), sorted(allowed)),
              `${about}: ${differenceOf(docs.get(id), allowed)}`,
            );
        }
      }
    }
}

/** Nobody pulls nothing. */
export async function checkPullOfNobody(stage: MatrixStage, tally: Tally): Promise<void> {
  const response = await fetch(`${stage.server.url}/sync/v1/pull`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sync-protocol': '1' },
    body: JSON.stringify({ checkpoint: null }),
  });
  for (const table of tableNames)
    tally.mustRefuse(
      { table, caller: 'anonymous', verb: 'select' },
      response.status === 401,
      `pull: ${response.status}`,
    );
}

const sorted = (row: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1)));

function contentOf(doc: WireDoc | undefined): Record<string, unknown> | null {
  if (!doc) return null;
  const { type: _, v: __, ...columns } = doc;
  return sorted(columns);
}

function differenceOf(doc: WireDoc | undefined, allowed: Record<string, unknown>): string {
  if (!doc) return 'it is missing';
  const names = new Set([...Object.keys(contentOf(doc)!), ...Object.keys(allowed)]);
  return [...names].filter((name) => !isSame((doc as Record<string, unknown>)[name], allowed[name])).join(', ');
}
