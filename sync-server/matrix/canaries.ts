import { roles } from '#contract/roles.ts';
import { canariesIn, plantCanaries } from '../attacks/canaries.fixture.ts';
import { pull } from '../testing/sync-client.ts';
import { readExpected, type Readable } from './expected-reading.ts';
import type { MatrixStage } from './stage.ts';

/** `planted`: canaries put into the academy. `found`: those in somebody's full pull that the plain rule does not show them. */
export type CanaryScan = { planted: number; found: string[] };

/** Puts a canary into every column that can hold one and reads every byte of a full pull of everybody. Ends the academy. */
export async function scanForCanaries(stage: MatrixStage): Promise<CanaryScan> {
  for (const person of stage.world.people) await stage.signInAgain(person);
  const { places } = await plantCanaries(stage.database.server);
  const found: string[] = [];
  for (const role of roles)
    for (const person of stage.of(role)) {
      const { frames } = await pull(await stage.client(person), null);
      const allowed = new Map<string, Map<string, Readable>>();
      for (const canary of new Set(canariesIn(JSON.stringify(frames)))) {
        const place = places.get(canary);
        if (!place) continue;
        const { table, column, row } = place;
        const { key } = stage.catalogue.get(table)!;
        if (!allowed.has(table)) allowed.set(table, await readExpected(stage.live, person, table, key));
        const readable = allowed.get(table)!.get(String(row[key]))?.device;
        if (!readable || !(column in readable))
          found.push(`${table}.${column} of ${String(row[key])} reached ${person.email}`);
      }
    }
  return { planted: places.size, found };
}
