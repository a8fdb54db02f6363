import pg from 'pg';

type Parse = (text: string) => unknown;
/** The declared type knows scalar types only; the function knows all. */
type LooseLookup = (type: number, format: 'text') => (text: string) => (string | null)[];

/** `2026-11-22 11:20:33.5+00` → `2026-11-22T11:20:33.500Z`; microseconds are cut. The wire and the replica know only this form. */
export function toIsoInstant(text: string): string {
  if (text.endsWith('infinity')) return text;
  const [date, time = '', offset = 'Z'] = text.split(/[ T]|(?=[+-]\d\d(?::?\d\d)?(?::\d\d)?$)/);
  const zone = offset === '+00' || offset === 'Z' ? 'Z' : offset.length === 3 ? `${offset}:00` : offset;
  if (zone === 'Z') return `${date}T${time.slice(0, 8)}.${time.slice(9, 12).padEnd(3, '0')}Z`;
  return new Date(`${date}T${time}${zone}`).toISOString();
}

/** Ids are UUIDs, so a number beyond 2^53 is a mistake that must not be rounded in silence. */
function toSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} does not fit a JavaScript number`);
  return value;
}

const scalars = new Map<number, Parse>([
  [pg.types.builtins.INT8, toSafeInteger],
  [pg.types.builtins.NUMERIC, Number],
  [pg.types.builtins.DATE, (text) => text],
  [pg.types.builtins.TIMESTAMP, toIsoInstant],
  [pg.types.builtins.TIMESTAMPTZ, toIsoInstant],
]);

/** Element type by array type (`pg_type.typarray`); pg names only the scalars. */
const arrays = new Map<number, number>([
  [1016, pg.types.builtins.INT8],
  [1231, pg.types.builtins.NUMERIC],
  [1182, pg.types.builtins.DATE],
  [1115, pg.types.builtins.TIMESTAMP],
  [1185, pg.types.builtins.TIMESTAMPTZ],
]);

/** pg's own parser of `text[]` (1009). */
const parseTextArray: (text: string) => (string | null)[] = (pg.types.getTypeParser as LooseLookup)(1009, 'text');

/** How our pools read values: instants as ISO text with milliseconds, days as `YYYY-MM-DD`, integers and numerics as numbers. */
export const typeParsers: pg.CustomTypesConfig = {
  getTypeParser: ((type: number, format?: 'text' | 'binary') => {
    if (format === 'binary') return pg.types.getTypeParser(type, 'binary');
    const parse = scalars.get(type);
    if (parse) return parse;
    const parseElement = scalars.get(arrays.get(type) ?? 0);
    if (parseElement)
      return (text: string) => parseTextArray(text).map((item) => (item === null ? null : parseElement(item)));
    return pg.types.getTypeParser(type, 'text');
  }) as typeof pg.types.getTypeParser,
};
