import { parseArgs } from 'node:util';

export type StartOptions = {
  /** 0 takes a free one. */
  port: number;
  dataDir: string;
  open: boolean;
  fresh: boolean;
  serviceKeyFile?: string;
  json: boolean;
  students: number;
  demo: boolean;
};

/** The address that the desktop app tries first. */
const defaultPort = 4400;

export const usage = `npm start -- [options]
  --port N            port on 127.0.0.1 (default ${defaultPort}; 0 takes a free one)
  --data-dir FOLDER   where database and files are kept (default .data)
  --no-open           only start the server, open nothing
  --fresh             forget this data folder's academy and make a new one
  --students N        size of a new demo academy (default 40)
  --service-key FILE  write the operators' API key of the demo academy into FILE
  --json              one line of JSON on standard output when ready
  --demo              with DATABASE_URL: put the demo academy into that (empty) database`;

const flags = {
  port: { type: 'string' },
  'data-dir': { type: 'string' },
  open: { type: 'boolean', default: true },
  fresh: { type: 'boolean', default: false },
  'service-key': { type: 'string' },
  json: { type: 'boolean', default: false },
  students: { type: 'string' },
  demo: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** Reads the command line; throws one plain sentence when it makes no sense. `help` when only the usage is wanted. */
export function readOptions(args: string[], projectFolder: string): StartOptions | 'help' {
  const { values } = parse(args);
  if (values.help) return 'help';
  return {
    port: wholeNumber('--port', values.port, defaultPort, 0, 65_535),
    dataDir: values['data-dir'] ?? `${projectFolder}/.data`,
    open: values.open,
    fresh: values.fresh,
    serviceKeyFile: values['service-key'],
    json: values.json,
    students: wholeNumber('--students', values.students, 40, 1, 100_000),
    demo: values.demo,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: flags, allowNegative: true, strict: true });
  } catch (error) {
    throw new Error(`${(error as Error).message.split('. To specify')[0]}\n${usage}`, { cause: error });
  }
}

function wholeNumber(name: string, text: string | undefined, standard: number, min: number, max: number): number {
  if (text === undefined) return standard;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new Error(`${name} must be a whole number from ${min} to ${max}, not "${text}".`);
}
