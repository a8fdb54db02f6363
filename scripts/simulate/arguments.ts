import { parseArgs } from 'node:util';
import { roles as allRoles, type Role } from '#contract/roles.ts';
import { plants } from './plants.ts';

export const help = `npm run simulate -- [options]
  --seed N        the seed to live through (1)
  --from N        the first of several seeds, to go on where a run ended
  --seeds COUNT   how many seeds from there on, until one fails (1)
  --clients K     computers, at most 64 (4)
  --ops M         steps of a seed, in three rounds (150)
  --roles A,B     only people of these roles have computers (${allRoles.join(', ')})
  --postgres 15   on the oldest PostgreSQL that we run on, instead of the one that comes along
  --plant NAME    puts a mistake in, which must be found
  --plants        lists the mistakes
  --no-shrink     does not look for a shorter script that fails
  --trace         tells every step
  --json          nothing but the result on standard output

Ends with 0 when nothing was found, 1 when something was, 2 when it was called wrongly, 3 when a planted mistake never happened.
`;

export type Arguments = {
  from: number;
  seeds: number;
  clients: number;
  ops: number;
  roles: Role[];
  /** The PostgreSQL to run on; null for the one that comes along. */
  postgres: 15 | null;
  plant: string | null;
  shrinks: boolean;
  traces: boolean;
  json: boolean;
};

/** It was called wrongly; the message says how. */
export class UsageError extends Error {}

/** What is wanted: a list, or a run. Throws a `UsageError` for what does not fit. */
export function readArguments(given: readonly string[]): 'help' | 'plants' | Arguments {
  const values = parse(given);
  if (values.help) return 'help';
  if (values.plants) return 'plants';
  const plant = values.plant ?? null;
  if (plant !== null && !plants.some(({ name }) => name === plant))
    throw new UsageError(`no plant is named ${plant}; --plants lists them`);
  return {
    from: number('from' in values ? 'from' : 'seed', values.from ?? values.seed, 0, Number.MAX_SAFE_INTEGER),
    seeds: number('seeds', values.seeds, 1, 1_000_000),
    clients: number('clients', values.clients, 1, mostClients),
    ops: number('ops', values.ops, 1, 100_000),
    roles: rolesNamed(values.roles),
    postgres: values.postgres === undefined ? null : (number('postgres', values.postgres, 15, 15) as 15),
    plant,
    shrinks: !values['no-shrink'],
    traces: values.trace,
    json: values.json,
  };
}

/** All of them live in one process. */
const mostClients = 64;

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

const options = {
  seed: { type: 'string', default: '1' },
  from: { type: 'string' },
  seeds: { type: 'string', default: '1' },
  clients: { type: 'string', default: '4' },
  ops: { type: 'string', default: '150' },
  roles: { type: 'string', default: '' },
  postgres: { type: 'string' },
  plant: { type: 'string' },
  plants: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  trace: { type: 'boolean', default: false },
  'no-shrink': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

function number(name: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(`--${name} ${text}: a whole number from ${least} to ${most} is needed`);
}

function rolesNamed(text: string): Role[] {
  return text
    .split(',')
    .filter((name) => name !== '')
    .map((name) => {
      const role = allRoles.find((one) => one === name);
      if (role) return role;
      throw new UsageError(`no role is named ${name}; there are ${allRoles.join(', ')}`);
    });
}
