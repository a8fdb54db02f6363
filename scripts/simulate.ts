/**
 * Devices of several people live through faults against real servers on a real PostgreSQL; afterwards nothing may be lost, leaked,
 * stuck or different. The last line is the result as JSON; a seed that fails is printed with the short script that fails alike.
 */
import { help, readArguments, UsageError, type Arguments } from './simulate/arguments.ts';
import { plants } from './simulate/plants.ts';

function read(): 'help' | 'plants' | Arguments {
  try {
    return readArguments(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${help}`);
    process.exit(2);
  }
}

async function live({ json, ...given }: Arguments): Promise<never> {
  const { plant } = given;
  // The client's own code is loaded after the plant is in place.
  if (plant !== null) {
    process.env['SIMULATION_PLANT'] = plant;
    await import('./simulate/plant-hooks.ts');
  }
  const { simulate } = await import('./simulate/simulate.ts');
  const end = await simulate({
    ...given,
    tell: (line) => void (json ? process.stderr : process.stdout).write(`${line}\n`),
    result: (line) => void process.stdout.write(`${line}\n`),
  });
  if (end === 'idle plant') process.stderr.write(`${plant} never happened: nothing is proven\n`);
  process.exit({ ok: 0, failed: 1, 'idle plant': 3 }[end]);
}

const wanted = read();
if (wanted === 'help') process.stdout.write(help);
else if (wanted === 'plants')
  process.stdout.write(`${plants.map(({ name, what }) => `${name}\t${what}`).join('\n')}\n`);
else await live(wanted);
