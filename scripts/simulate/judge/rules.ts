import { isDeepStrictEqual } from 'node:util';
import type { WireDoc } from '#contract/protocol.ts';
import { tableNames } from '#contract/tables/index.ts';
import { ruleOf } from '../../../sync-server/testing/oracle/rules.ts';
import type { Person } from '../../../sync-server/testing/people.ts';
import type { Academy } from '../cluster.ts';
import type { Finding } from './finding.ts';

type Row = Record<string, unknown> & { id: string };

/** What the server sends, held against the business rules in plain SQL: every row, every column. */
export async function findUnruly(
  { asker }: Academy,
  { id, role, full_name }: Person,
  docs: readonly WireDoc[],
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const table of tableNames) {
    const right = new Map<string, Row>();
    for (const [place, { rows: condition, columns }] of ruleOf(role, table).entries()) {
      if (!columns) continue;
      const shown = ['id', 'created_at', ...columns.split(' ')].map((column) => `t.${column}`).join(', ');
      const { rows } = await asker.query<Row>({
        name: `${place} ${table} of ${role}`,
        text: `select ${shown} from ${table} t where $1::uuid is not null and not t.is_deleted and (${condition})`,
        values: [id],
      });
      for (const row of rows) right.set(row.id, { ...right.get(row.id), ...row });
    }
    const about = `${role} ${full_name}, ${table}`;
    for (const { type, v: _, ...given } of docs) {
      if (type !== table) continue;
      const row = right.get(given.id);
      right.delete(given.id);
      if (!row) findings.push({ what: 'leaked', text: `${about}: ${given.id} is not for them` });
      else
        for (const column of differing(settled(given), settled(row)))
          findings.push({
            what: 'divergent',
            text: `${about}: ${given.id} is sent with ${column} ${JSON.stringify(given[column])}, not ${JSON.stringify(row[column])}`,
          });
    }
    for (const missing of right.values())
      findings.push({ what: 'divergent', text: `${about}: withheld is ${JSON.stringify(missing)}` });
  }
  return findings;
}

/** Columns that move between the two questions. */
const restless = ['last_sync_at', 'lease_until', 'last_active_at'];
const settled = (row: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).filter(([column]) => !restless.includes(column)));
const differing = (one: Record<string, unknown>, other: Record<string, unknown>): string[] =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
    (column) => !isDeepStrictEqual(one[column], other[column]),
  );
