import type { WipeKey } from '#contract/api/wipe.ts';
import { protocolVersion, type Frame } from '#contract/protocol.ts';
import { tables, tableNames, type Family, type TableName } from '#contract/tables/index.ts';

/** A row of `sync_delta` and its like: the body is JSON text and goes out as it stands; null is a tombstone. */
export type SeenRow = { type: string; id: string; v: string; body: string | null };

/** Families a device needs before its first screen (protocol.ts, `ready`). */
const essential: readonly Family[] = ['company', 'people', 'courses', 'lessons', 'learning', 'assignments'];
export const isEssential = (family: Family): boolean => essential.includes(family);
export const familyOf = (type: string): Family | null =>
  Object.hasOwn(tables, type) ? tables[type as TableName].family : null;

/** Every table, those of the essential families first, families unbroken: the order in which rows are sent. */
export const sendingOrder: readonly TableName[] = [...essential, ...notEssential()].flatMap((family) =>
  tableNames.filter((name) => tables[name].family === family),
);

function notEssential(): Family[] {
  return [...new Set(tableNames.map((name) => tables[name].family))].filter((family) => !isEssential(family));
}

export const docText = ({ type, id, v, body }: SeenRow): string =>
  body ?? JSON.stringify({ type, id, v, _deleted: true });

/** `n` numbers the frames of a stream; a pull has none. */
type Numbered = { n?: number };
type Line<T extends Frame['t']> = Omit<Extract<Frame, { t: T }>, 't' | 'n'>;

export const line = <T extends Exclude<Frame['t'], 'docs'>>(t: T, fields: Line<T>, { n }: Numbered = {}): string =>
  `${JSON.stringify({ t, ...fields, n })}\n`;

/** `docs`: documents as JSON text, joined by commas. */
export const docsLine = (family: Family, docs: string, { n }: Numbered = {}): string =>
  `${docsStart(family, { n })}${docs}${docsEnd}`;

/** Before and after the documents of a `docs` frame; ASCII. */
export const docsStart = (family: Family, { n }: Numbered): string =>
  `{"t":"docs","f":"${family}",${n === undefined ? '' : `"n":${n},`}"d":[`;
export const docsEnd = ']}\n';

/** The `cp` frame, put together by hand: a change that concerns a thousand streams makes as many. `cp` is base64url. */
export const checkpointText = (cp: string, now: Date, n?: number): string =>
  `{"t":"cp","cp":"${cp}","server_time":"${now.toISOString()}"${n === undefined ? '' : `,"n":${n}`}}\n`;

type Greeting = {
  epoch: string;
  now: Date;
  count: number | null;
  leaseUntil: string | null;
  anchor: string | null;
  wipeKey: WipeKey;
};

export const helloFields = ({ epoch, now, count, leaseUntil, anchor, wipeKey }: Greeting): Line<'hello'> => ({
  protocol: protocolVersion,
  epoch,
  server_time: now.toISOString(),
  count,
  lease_until: leaseUntil,
  anchor,
  wipe_key: wipeKey,
});
