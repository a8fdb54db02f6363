import { parseArgs } from 'node:util';

const usage = 'Usage: npm run shots -- [--json] [--out DIR] [--only PART OF A PATH OR A MOMENT]';

/** Reads the command line; one that makes no sense is answered with a sentence and ends the program. */
export function readShotOptions(args: string[]): { json: boolean; out: string; only: string } {
  try {
    return parseArgs({
      args,
      options: {
        json: { type: 'boolean', default: false },
        out: { type: 'string', default: 'shots' },
        only: { type: 'string', default: '' },
      },
    }).values;
  } catch (error) {
    process.stderr.write(`${(error as Error).message.split('. To specify')[0]}\n${usage}\n`);
    process.exit(2);
  }
}
