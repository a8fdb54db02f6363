import { roles, type Role } from '#contract/roles.ts';
import { tableNames, type TableName } from '#contract/tables/index.ts';
import { commandsOf } from '../http/commands.ts';
import { syncDefinitions } from '../features/index.ts';
import { readableViews, type Table } from './catalogue.ts';
import { scanForCanaries } from './canaries.ts';
import { checkCallers, checkCases, compareCommands } from './commands.ts';
import { checkConditions } from './conditions.ts';
import { modelTables } from './data-model.ts';
import { checkDeletedRows } from './deleted-rows.ts';
import { probesOf, type Probe } from './guards.ts';
import { checkOwnMachinery, isReadForOneself } from './machinery.ts';
import { findMutants } from './mutants.ts';
import { chooseMutants, tryMutants } from './removals.ts';
import { checkCoverage } from './coverage.ts';
import { pokesOf } from './pokes.ts';
import { checkPull, checkPullOfNobody } from './pulling.ts';
import { checkPush, checkPushOfNobody } from './pushing.ts';
import { checkSelect } from './reading.ts';
import type { MatrixStage } from './stage.ts';
import { Tally } from './tally.ts';
import { checkNobody, checkWriting, compareWithDeclaration } from './writing.ts';

/** The last line of `npm run matrix`. */
export type Summary = {
  cells: number;
  allowed: number;
  refused: number;
  wrong: number;
  planted: number;
  canaries: number;
  mutated: number;
  caught: number;
};
export type Tell = (line: string) => void;
export type MatrixOptions = {
  /** How many removals are tried; all where there are fewer. */
  mutate: number;
  /** Which removals; the same seed takes the same ones. */
  seed: number;
  tell: Tell;
};

/** Drives the academy through every cell and tells what came out otherwise than it should. Afterwards it is of no more use. */
export async function runMatrix(stage: MatrixStage, { mutate, seed, tell }: MatrixOptions): Promise<Summary> {
  const tally = new Tally();
  const probes = await examine(stage, tally, tell);
  const mutants = await timed(tell, 'removals', async () => {
    const chosen = chooseMutants(await findMutants(stage, probes), mutate, seed);
    const missed = await tryMutants(chosen, tell);
    for (const name of missed) tell(`not noticed: ${name}`);
    return { mutated: chosen.length, caught: chosen.length - missed.length };
  });
  const canaries = await timed(tell, 'canaries', () => scanForCanaries(stage));
  for (const sentence of tally.wrong) tell(`wrong: ${sentence}`);
  for (const sentence of canaries.found) tell(`canary: ${sentence}`);
  return {
    cells: tally.cells.size,
    allowed: tally.allowed,
    refused: tally.refused,
    wrong: tally.wrong.length,
    planted: canaries.planted,
    canaries: canaries.found.length,
    ...mutants,
  };
}

/** Drives every table, role and verb once; answers what guards can be asked about. */
export async function examine(
  stage: MatrixStage,
  tally: Tally,
  tell: Tell,
): Promise<ReadonlyMap<string, readonly Probe[]>> {
  const tables = [...stage.catalogue.values()];
  await timed(tell, 'reading', () => checkReading(stage, tally, tables));
  await timed(tell, 'writing by SQL', () => checkSql(stage, tally, tables));
  const probes = await timed(tell, 'guards', () => findProbes(stage, tally));
  await timed(tell, 'pushing', () => checkPushes(stage, tally));
  await timed(tell, 'commands', () => checkCommands(stage, tally));
  checkCoverage(stage, tally);
  return probes;
}

async function timed<T>(tell: Tell, what: string, work: () => Promise<T>): Promise<T> {
  const start = Date.now();
  const result = await work();
  tell(`${what}: ${((Date.now() - start) / 1000).toFixed(1)} s`);
  return result;
}

async function checkReading(stage: MatrixStage, tally: Tally, tables: readonly Table[]): Promise<void> {
  await checkPull(stage, tally);
  await checkPullOfNobody(stage, tally);
  for (const table of tables) {
    for (const role of roles)
      if (isReadForOneself(table.name)) await checkOwnMachinery(stage, tally, table.name, role);
      else await checkSelect(stage, tally, table, role);
    if (modelTables.includes(table.name)) {
      await checkConditions(stage, tally, table.name);
      await checkDeletedRows(stage, tally, table);
    }
  }
  for (const view of await readableViews(stage.database.server))
    if (!view.startsWith('seen_')) tally.blame(`view ${view} can be read and stands in no declaration`);
}

async function checkSql(stage: MatrixStage, tally: Tally, tables: readonly Table[]): Promise<void> {
  for (const table of tables) {
    for (const role of roles) await blameFor(tally, table.name, role, () => checkWriting(stage, tally, table, role));
    await checkNobody(stage, tally, table);
  }
  compareWithDeclaration(tally, tables);
}

/** Of every guard the refused writes that it refuses by itself. */
export async function findProbes(stage: MatrixStage, tally: Tally): Promise<ReadonlyMap<string, readonly Probe[]>> {
  const probes = new Map<string, readonly Probe[]>();
  for (const definition of syncDefinitions) {
    const table = definition.table.name as TableName;
    const candidates: Probe[] = [];
    for (const role of roles) candidates.push(...(await pokesOf(stage, table, role)).map((poke) => ({ role, poke })));
    probes.set(table, await probesOf(stage, tally, definition, candidates));
  }
  return probes;
}

async function checkPushes(stage: MatrixStage, tally: Tally): Promise<void> {
  await checkPushOfNobody(stage, tally);
  for (const table of tableNames)
    for (const role of roles) await blameFor(tally, table, role, () => checkPush(stage, tally, table, role));
}

async function checkCommands(stage: MatrixStage, tally: Tally): Promise<void> {
  compareCommands(stage, tally);
  for (const command of commandsOf(stage.server.app)) await checkCallers(stage, tally, command);
  for (const command of commandsOf(stage.server.app)) await checkCases(stage, tally, command);
}

/** A case that cannot even be made is wrong, and the others go on. */
async function blameFor(tally: Tally, table: string, role: Role, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    tally.blame(`${table} · ${role}: a case cannot be made: ${(error as Error).message}`);
  }
}
