/**
 * Devices of several people live through faults against real servers on a real PostgreSQL; afterwards nothing may be lost, leaked,
 * stuck or different. The last line is the result as JSON; a seed that fails is printed with the short script that fails alike.
 */
import { parseArgs } from 'node:util';
import { roles as allRoles, type Role } from '#contract/roles.ts';
import { plants } from './simulate/plants.ts';

const help = `npm run simulate -- [options]
  --seed N        the seed to live through (1)
  --from N        the first of several seeds, to go on where a run ended
  --seeds COUNT   how many seeds from there on, until one fails (1)
  --clients K     computers (4)
  --ops M         steps of a seed, in three rounds (150)
  --roles A,B     only people of these roles have computers (${allRoles.join(', ')})
  --plant NAME    puts a mistake in, which must be found
  --plants        lists the mistakes
  --no-shrink     does not look for a shorter script that fails
  --trace         tells every step
  --json          nothing but the result on standard output

Ends with 0 when nothing was found, 1 when something was, 2 when it was called wrongly, 3 when a planted mistake never happened.
`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    clients: { type: 'string', default: '4' },
    ops: { type: 'string', default: '150' },
    seeds: { type: 'string', default: '1' },
    from: { type: 'string' },
    roles: { type: 'string', default: '' },
    plant: { type: 'string' },
    plants: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
    'no-shrink': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}
if (values.plants) {
  process.stdout.write(`${plants.map(({ name, what }) => `${name}\t${what}`).join('\n')}\n`);
  process.exit(0);
}
const plant = values.plant ?? null;
if (plant !== null && !plants.some(({ name }) => name === plant)) {
  process.stderr.write(`no plant is named ${plant}; --plants lists them\n`);
  process.exit(2);
}
// The client's own code is loaded after the plant is in place.
if (plant !== null) {
  process.env['SIMULATION_PLANT'] = plant;
  await import('./simulate/plant-hooks.ts');
}
const { simulate } = await import('./simulate/simulate.ts');
const number = (text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  process.stderr.write(`${text} is not a whole number\n`);
  process.exit(2);
};
const named = values.roles.split(',').filter((name) => name !== '');
const strange = named.find((name) => !allRoles.some((role) => role === name));
if (strange !== undefined) {
  process.stderr.write(`no role is named ${strange}\n`);
  process.exit(2);
}
const end = await simulate({
  from: number(values.from ?? values.seed),
  seeds: number(values.seeds),
  clients: number(values.clients),
  roles: named as Role[],
  ops: number(values.ops),
  plant,
  shrinks: !values['no-shrink'],
  traces: values.trace,
  tell: (line) => void (values.json ? process.stderr : process.stdout).write(`${line}\n`),
  result: (line) => void process.stdout.write(`${line}\n`),
});
if (end === 'idle plant') process.stderr.write(`${plant} never happened: nothing is proven\n`);
process.exit({ ok: 0, failed: 1, 'idle plant': 3 }[end]);
