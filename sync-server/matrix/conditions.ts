import { roles } from '#contract/roles.ts';
import { inPolicy, mayRead, viewsOf } from '../permissions/fragments.ts';
import { everyTable } from '../permissions/tables/index.ts';
import type { View } from '../permissions/view.ts';
import { ruleOf } from '../testing/oracle/rules.ts';
import type { MatrixStage } from './stage.ts';
import type { Tally } from './tally.ts';

type Sides = { inside: boolean; outside: boolean };

/** Every row condition of the plain rule and of the declaration has a row on both of its sides, for somebody of each role it speaks of. */
export async function checkConditions(stage: MatrixStage, tally: Tally, table: string): Promise<void> {
  const permissions = everyTable.find((one) => one.table === table);
  for (const role of roles) {
    for (const { rows } of ruleOf(role, table)) {
      const sides: Sides = { inside: false, outside: false };
      for (const { id } of stage.of(role)) join(sides, await sidesOf(stage, table, rows, id));
      complain(tally, `${table} · ${role}: rule "${rows.replace(/\s+/g, ' ').slice(0, 120)}"`, sides, rows === 'true');
    }
    for (const view of permissions ? viewsOf(permissions, role) : []) {
      const sides: Sides = { inside: false, outside: false };
      for (const { id } of stage.of(role)) join(sides, await sidesOf(stage, table, mayRead(view), id));
      complain(tally, `${table} · ${role}: view ${nameOf(view)}`, sides, isForAll(view));
    }
  }
}

/** A flat scope without a condition has only deleted rows on its other side (`deleted-rows.ts`). */
const isForAll = ({ key, when }: View): boolean => key === undefined && when === undefined;
const nameOf = ({ scope, when }: View): string => `${scope}${when ? ` when ${when.slice(0, 80)}` : ''}`;

function join(sides: Sides, more: Sides): void {
  sides.inside ||= more.inside;
  sides.outside ||= more.outside;
}

function complain(tally: Tally, about: string, { inside, outside }: Sides, isForEverything: boolean): void {
  if (!inside) tally.blame(`${about}: no row inside`);
  if (!outside && !isForEverything) tally.blame(`${about}: no row outside`);
}

/** As the server, with the person's claims: functions of the declaration ask who is signed in. */
async function sidesOf({ live }: MatrixStage, table: string, condition: string, id: string): Promise<Sides> {
  const client = await live.connect();
  try {
    await client.query('begin');
    await client.query("select set_config('request.jwt.claims', $1, true)", [
      JSON.stringify({ sub: id, role: 'authenticated' }),
    ]);
    const { rows } = await client.query<Sides>(
      `select coalesce(bool_or(holds), false) as inside, coalesce(bool_or(not holds), false) as outside
       from (select coalesce((${inPolicy(condition, 't')}), false) as holds from ${table} t
             where $1::uuid is not null) one`,
      [id],
    );
    return rows[0]!;
  } finally {
    await client.query('rollback');
    client.release();
  }
}
