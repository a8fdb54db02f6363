import type { Role } from '#contract/roles.ts';
import { attempt, undone } from './sql-door.ts';
import type { MatrixStage } from './stage.ts';
import type { Tally } from './tally.ts';

/**
 * Machinery that people read for themselves: what is published to the scopes they are in, and which scopes those are. Their
 * `select` shows nothing about others; all else of it, and all other machinery, is closed (`reading.ts`).
 */
const ownRows: Readonly<Record<string, string>> = {
  sync_members: 'select t.*, t.user_id <> auth.uid() as foreign from sync_members t',
  sync_rows: `select t.type, t.id, t.rank, t.v, t.deleted, t.body, t.xid, not exists (select from sync_members m where m.user_id = auth.uid() and m.scope = t.scope) as foreign from sync_rows t`,
};

export const isReadForOneself = (table: string): boolean => Object.hasOwn(ownRows, table);

export async function checkOwnMachinery(stage: MatrixStage, tally: Tally, table: string, role: Role): Promise<void> {
  for (const person of stage.of(role)) {
    const { rows, message } = await undone(stage.database.people, person, (tx) => attempt(tx, ownRows[table]!));
    const cell = { table, caller: role, verb: 'select' } as const;
    tally.mustAllow(cell, rows.length > 0, `own rows as ${person.email}: ${message ?? 'none'}`);
    tally.mustRefuse(
      cell,
      rows.every((row) => row['foreign'] === false),
      `rows of others as ${person.email}`,
    );
  }
}
