/**
 * `npm run simulate -- [--seed N] [--clients K] [--ops M] [--seeds COUNT] [--from N] [--plant NAME] [--plants] [--json]`
 *
 * Devices of several people live through faults against real servers on a real PostgreSQL; afterwards nothing may be lost, leaked,
 * stuck or different. The last line is the result as JSON; a seed that fails is printed with the short script that fails alike.
 */
import { parseArgs } from 'node:util';
import { plants } from './simulate/plants.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    clients: { type: 'string', default: '4' },
    ops: { type: 'string', default: '150' },
    seeds: { type: 'string', default: '1' },
    from: { type: 'string' },
    plant: { type: 'string' },
    plants: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
    'no-shrink': { type: 'boolean', default: false },
  },
});
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
const ok = await simulate({
  from: number(values.from ?? values.seed),
  seeds: number(values.seeds),
  clients: number(values.clients),
  ops: number(values.ops),
  plant,
  shrinks: !values['no-shrink'],
  traces: values.trace,
  tell: (line) => void (values.json ? process.stderr : process.stdout).write(`${line}\n`),
  result: (line) => void process.stdout.write(`${line}\n`),
});
process.exit(ok ? 0 : 1);
