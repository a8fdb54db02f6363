import { roles } from '#contract/roles.ts';
import { viewsOf } from '../permissions/fragments.ts';
import { everyTable } from '../permissions/tables/index.ts';
import { casesOf, columnsOfCases } from './cases/index.ts';
import { modelTables } from './data-model.ts';
import type { MatrixStage } from './stage.ts';
import { nameOf, verbs, type Caller, type Tally } from './tally.ts';

/** Every table of the data model is there, every cell has a refused case, and every cell that is declared open an allowed one. */
export function checkCoverage(stage: MatrixStage, tally: Tally): void {
  for (const table of modelTables) {
    if (!stage.catalogue.has(table)) {
      tally.blame(`table ${table} is missing`);
      continue;
    }
    for (const caller of [...roles, 'anonymous'] as const)
      for (const verb of verbs) {
        const cell = { table, caller, verb };
        const { allowed, refused } = tally.casesOf(cell);
        if (refused === 0) tally.blame(`${nameOf(cell)}: no refused case`);
        if (allowed === 0 && isDeclared(table, caller, verb)) tally.blame(`${nameOf(cell)}: no allowed case`);
      }
  }
}

function isDeclared(table: string, caller: Caller, verb: (typeof verbs)[number]): boolean {
  const permissions = everyTable.find((one) => one.table === table);
  if (!permissions || caller === 'anonymous') return false;
  if (verb === 'select') return viewsOf(permissions, caller).length > 0;
  const byCommand = permissions.commands.some((one) => one.verb === verb && one.roles.includes(caller));
  if (verb === 'delete') return byCommand || (casesOf(table).delete?.roles.includes(caller) ?? false);
  return byCommand || columnsOfCases(table, caller, verb).length > 0;
}
