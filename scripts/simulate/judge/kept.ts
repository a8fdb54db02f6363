import { isDeepStrictEqual } from 'node:util';
import { findTable } from '#contract/tables/index.ts';
import type { Evidence, Finding } from './finding.ts';
import { storyOf, type Told } from './verdicts.ts';

type Row = Record<string, unknown> & { id: string; is_deleted?: boolean };

/** What was accepted is as it was sent: rows that were made, in what nobody changes afterwards; and what was deleted is gone. */
export async function findUnkept({ database }: Evidence, told: ReadonlyMap<string, Told>): Promise<Finding[]> {
  const accepted = [...told.values()]
    .filter(({ op, kept }) => kept?.verdict === 'ok' && !findTable(op.type)!.device.pushOnly)
    .toSorted((a, b) => a.kept!.order - b.kept!.order);
  const findings: Finding[] = [];
  for (const [type, ops] of Map.groupBy(accepted, ({ op }) => op.type)) {
    const byRow = Map.groupBy(ops, ({ op }) => op.id);
    const { rows } = await database.server.query<Row>(
      `select t.* from ${type} t where id = any($1)
         and not exists (select from users u where u.erased_at is not null and position(u.id::text in t::text) > 0)`,
      [[...byRow.keys()]],
    );
    for (const row of rows) {
      const done = byRow.get(row.id)!;
      for (const text of [...changedFacts(row, done), ...(isBackAgain(row, done) ? ['was deleted and is there'] : [])])
        findings.push({
          what: 'wrong',
          text: `${type}|${row.id} ${text}${storyOf({ table: type, id: row.id }, told)}`,
        });
    }
  }
  return findings;
}

/** Columns that a device gives once and nobody writes again. */
function changedFacts(row: Row, ops: readonly Told[]): string[] {
  const { op } = ops[0]!;
  const { device, naturalKey } = findTable(op.type)!;
  if (op.base !== null || op.deleted || naturalKey) return [];
  const facts = (device.insert ?? []).filter((column) => column in op.set && !(column in (device.update ?? {})));
  return facts
    .filter((column) => !isSame(row[column], op.set[column]))
    .map((column) => `has ${column} ${JSON.stringify(row[column])}, not ${JSON.stringify(op.set[column])}`);
}

const isSame = (held: unknown, sent: unknown): boolean =>
  isDeepStrictEqual(held, sent) || (typeof sent === 'string' && Date.parse(String(held)) === Date.parse(sent));

/** The last word was its deletion, and no other computer had written later by its clock. */
function isBackAgain(row: Row, ops: readonly Told[]): boolean {
  const last = ops.at(-1)!;
  const isOlder = ops.some(
    ({ device, kept }) => device !== last.device && kept!.writtenAt.getTime() > last.kept!.writtenAt.getTime(),
  );
  return last.op.deleted === true && row.is_deleted === false && !isOlder;
}
