import { randomUUID } from 'node:crypto';
import { roles, type Role } from '#contract/roles.ts';
import { commandsOf, type Command } from '../http/commands.ts';
import { everyTable } from '../permissions/tables/index.ts';
import { commandCases, readingCommands } from './cases/index.ts';
import type { CommandCase } from './cases/format.ts';
import { effectsBetween, snapshot } from './effects.ts';
import { sampleInput } from './sample-input.ts';
import type { MatrixStage } from './stage.ts';
import type { Cell, Tally } from './tally.ts';

/** One command: who may call it by the declaration, and which cells it opens. */
type Declared = {
  roles: ReadonlySet<Role>;
  cells: readonly Omit<Cell, 'caller'>[];
  rolesOf: (cell: Omit<Cell, 'caller'>) => readonly Role[];
};

/** What the declaration, and for those that write nothing the list of reading commands, says of one command. */
export function declarationOf(name: string): Declared {
  const rules = everyTable.flatMap(({ table, commands }) =>
    commands.filter((one) => one.name === name).map((one) => ({ table, verb: one.verb, roles: one.roles })),
  );
  const readers = readingCommands[name] ?? [];
  return {
    roles: new Set([...rules.flatMap((one) => one.roles), ...readers]),
    cells: rules,
    rolesOf: ({ table, verb }) => rules.find((one) => one.table === table && one.verb === verb)?.roles ?? [],
  };
}

/** Every command that writes is declared by a table, and every declared one is there. */
export function compareCommands(stage: MatrixStage, tally: Tally): void {
  const there = new Set(commandsOf(stage.server.app).map(({ name }) => name));
  const declared = new Set(everyTable.flatMap(({ commands }) => commands.map(({ name }) => name)));
  for (const name of there)
    if (!declared.has(name) && !(name in readingCommands)) tally.blame(`command ${name} is in no declaration`);
  for (const name of [...declared, ...Object.keys(readingCommands)])
    if (!there.has(name)) tally.blame(`command ${name} is declared and does not exist`);
}

/** A command as every role and as nobody, by the shape of its input alone: the role decides before anything else. */
export async function checkCallers(stage: MatrixStage, tally: Tally, command: Command): Promise<void> {
  const declared = declarationOf(command.name);
  // Said once already, by `compareCommands`.
  if (declared.roles.size === 0) return;
  const cells = declared.cells.length > 0 ? declared.cells : [{ table: 'no table', verb: 'select' } as const];
  const input = await anyInput(stage, command, declared);
  for (const role of roles) {
    if (declared.roles.has(role)) continue;
    const answer = await call(stage, role, command.name, input);
    for (const cell of cells) {
      // Asked alone as well: where the command's own rules refuse too, an answer would not show that the list is gone.
      tally.mustRefuse(
        { ...cell, caller: role },
        !command.roles.includes(role),
        `the roles of command ${command.name}`,
      );
      tally.mustRefuse(
        { ...cell, caller: role },
        isRefusal(answer),
        `command ${command.name}: ${answer.status} ${answer.text}`,
      );
    }
  }
  const response = await fetch(`${stage.server.url}/functions/v1/${command.name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify(input),
  });
  await response.body?.cancel();
  for (const cell of cells)
    tally.mustRefuse(
      { ...cell, caller: 'anonymous' },
      response.status === 401,
      `command ${command.name}: ${response.status}`,
    );
}

/** An input that fits: the smallest one, else that of a case, as somebody would make it who may call the command. */
async function anyInput(stage: MatrixStage, command: Command, declared: Declared): Promise<unknown> {
  const smallest = sampleInput(command.input);
  const one = commandCases.find(({ name }) => name === command.name);
  if (!one || command.input.safeParse(smallest).success) return smallest;
  const [role] = one.roles ?? declared.roles;
  return one.input({ me: stage.person(role!), stage });
}

/** The command's cases as each role that may call it: they succeed, and what they do is what the declaration says. */
export async function checkCases(stage: MatrixStage, tally: Tally, command: Command): Promise<void> {
  const declared = declarationOf(command.name);
  const cases = commandCases.filter(({ name }) => name === command.name);
  if (declared.cells.length === 0) return;
  for (const role of declared.roles) {
    const mine = cases.filter((one) => (one.roles ?? roles).includes(role));
    if (mine.length === 0) tally.blame(`command ${command.name} · ${role}: no case`);
    const shown = new Set<string>();
    for (const one of mine) for (const effect of await runCase(stage, tally, one, role, declared)) shown.add(effect);
    for (const cell of declared.cells) {
      if (!declared.rolesOf(cell).includes(role) || mine.length === 0) continue;
      const effect = `${cell.verb} ${cell.table}`;
      tally.mustAllow({ ...cell, caller: role }, shown.has(effect), `command ${command.name}: no ${effect}`);
    }
  }
}

async function runCase(
  stage: MatrixStage,
  tally: Tally,
  one: CommandCase,
  role: Role,
  { cells }: Declared,
): Promise<ReadonlySet<string>> {
  const me = stage.person(role);
  const made = await Promise.resolve()
    .then(() => one.input({ me, stage }))
    .then(
      (input) => ({ input }),
      (error: Error) => ({ error }),
    );
  if ('error' in made) {
    tally.blame(`command ${one.name} · ${role}: the case cannot be made: ${made.error.message}`);
    return new Set();
  }
  const { input } = made;
  const tables = [...new Set(cells.map(({ table }) => table))];
  const before = await snapshot(stage, tables);
  const answer = await call(stage, role, one.name, input);
  const after = await snapshot(stage, tables);
  if (answer.status !== 200)
    tally.blame(`command ${one.name} · ${role}: the case answers ${answer.status} ${answer.text}`);
  return answer.status === 200 ? effectsBetween(before, after) : new Set();
}

type Answered = { status: number; text: string };
const isRefusal = ({ status, text }: Answered): boolean => status === 403 && text.includes('PERMISSION_DENIED');

/** Calls as the person of a role. Calling often is no subject here: the clock moves on, and who was left behind signs in anew. */
async function call(stage: MatrixStage, role: Role, name: string, input: unknown): Promise<Answered> {
  const me = stage.person(role);
  for (let attempt = 1; ; attempt++) {
    const client = await stage.client(me);
    const response = await client.call('POST', `/functions/v1/${name}`, input, { 'idempotency-key': randomUUID() });
    const text = (await response.text()).slice(0, 400);
    if (response.status === 429 && attempt < 4) stage.clock.forwardMs += 61_000;
    else if (response.status === 401 && attempt < 4) await stage.signInAgain(me);
    else return { status: response.status, text };
  }
}
