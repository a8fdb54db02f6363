import { parseArgs } from 'node:util';
import { peerNames } from './beside/install-peer.ts';

/** Parts that can be measured alone. */
export const parts = ['raw', 'pull', 'push', 'latency', 'revocation', ...peerNames, 'renderer', 'scale'] as const;
export type Part = (typeof parts)[number];

export type Options = {
  /** Everything but the result goes to standard error. */
  json: boolean;
  wanted: ReadonlySet<Part>;
  /** Numbers of documents of a first pull. */
  counts: readonly number[];
  /** Rounds of each measurement; the median counts. */
  rounds: number;
};

const groups: Record<string, readonly Part[]> = {
  ours: ['pull', 'push', 'latency', 'revocation'],
  peers: peerNames,
};

/** Reads the command line; null after the usage was printed. */
export function readOptions(args: readonly string[]): Options | null {
  const values = valuesOf(args);
  if (!values) return tellUsage();
  const counts = values.counts.split(',').map(Number);
  const rounds = Number(values.repeat);
  const named = values.only?.split(',').flatMap((name): readonly string[] => groups[name] ?? [name]) ?? parts;
  const wanted = new Set(parts.filter((part) => named.includes(part)));
  const isCount = (value: number): boolean => Number.isInteger(value) && value > 0;
  if ([...counts, rounds].every(isCount) && wanted.size === new Set(named).size)
    return { json: values.json, wanted, counts: counts.toSorted((a, b) => a - b), rounds };
  return tellUsage();
}

/** Null where there is an option that is none of ours. */
function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        only: { type: 'string' },
        counts: { type: 'string', default: '10000,50000' },
        repeat: { type: 'string', default: '3' },
      },
    }).values;
  } catch (error) {
    if (String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS_')) return null;
    throw error;
  }
}

function tellUsage(): null {
  process.stderr.write(
    `usage: npm run bench -- sync [--json] [--only PART,…] [--counts N,…] [--repeat N]\nparts: ${[...parts, ...Object.keys(groups)].join(', ')}\n`,
  );
  return null;
}
