/** `npm run bench -- sync [--json] [--only PART,…] [--counts 10000,50000] [--repeat 3]`; README says what is measured. */
import { peerNames } from './beside/install-peer.ts';
import { measure } from './measure.ts';
import { readOptions } from './options.ts';
import { describe } from './report.ts';

const options = readOptions(process.argv.slice(2));
if (!options) process.exit(2);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const tell = (line: string): void => void (options.json ? process.stderr : process.stdout).write(`${line}\n`);
const measured = await measure(options, tell);
process.stdout.write(`${JSON.stringify(describe(measured))}\n`);
// A peer may be out of reach; what is missing of ours is a fault.
process.exit(Object.keys(measured.left_out).some((part) => !(peerNames as readonly string[]).includes(part)) ? 1 : 0);
