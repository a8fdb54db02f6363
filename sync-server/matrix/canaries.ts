import { tableNames } from '#contract/tables/index.ts';
import { canariesIn, plantCanaries } from '../attacks/canaries.fixture.ts';
import type { Person } from '../testing/people.ts';
import { pull } from '../testing/sync-client.ts';
import { readExpected, type Readable } from './expected-reading.ts';
import type { MatrixStage } from './stage.ts';

/** `planted`: canaries put into the academy. `found`: those in somebody's full pull that the plain rule does not show them. */
export type CanaryScan = { planted: number; found: string[] };

type Expected = ReadonlyMap<string, ReadonlyMap<string, Readable>>;

/** Puts a canary into every column that can hold one and reads every byte of a full pull of everybody. Ends the academy. */
export async function scanForCanaries(stage: MatrixStage): Promise<CanaryScan> {
  const { people } = stage.world;
  // Asked before words that decide something, such as a time zone, are no longer words.
  const expected = new Map<string, Expected>();
  for (const person of people) {
    await stage.signInAgain(person);
    expected.set(person.id, await everythingFor(stage, person));
  }
  const { places } = await plantCanaries(stage.database.server);
  const found: string[] = [];
  for (const person of people) {
    const { frames } = await pull(await stage.client(person), null);
    for (const canary of new Set(canariesIn(JSON.stringify(frames)))) {
      const place = places.get(canary);
      if (!place) continue;
      const { table, column, row } = place;
      const id = String(row[stage.catalogue.get(table)!.key]);
      const readable = expected.get(person.id)!.get(table)?.get(id)?.device;
      if (!readable || !(column in readable)) found.push(`${table}.${column} of ${id} reached ${person.email}`);
    }
  }
  return { planted: places.size, found };
}

async function everythingFor(stage: MatrixStage, person: Person): Promise<Expected> {
  const expected = new Map<string, ReadonlyMap<string, Readable>>();
  for (const name of tableNames)
    expected.set(name, await readExpected(stage.live, person, name, stage.catalogue.get(name)!.key));
  return expected;
}
