/** `node scripts/bench/sync/scale/main.ts [PART,…]`: how one server process and two behave with many devices; last line JSON. */
import { measureScale, scaleParts } from './measure.ts';

const asked = process.argv[2]?.split(',') ?? scaleParts;
const wanted = new Set(scaleParts.filter((part) => asked.includes(part)));
if (wanted.size !== new Set(asked).size) {
  process.stderr.write(`usage: node scripts/bench/sync/scale/main.ts [PART,…]\nparts: ${scaleParts.join(', ')}\n`);
  process.exit(2);
}
const figures = await measureScale({ wanted, tell: (line) => void process.stderr.write(`${line}\n`) });
process.stdout.write(`${JSON.stringify(figures)}\n`);
process.exit(0);
