import type { Pool } from '../db/sql.ts';
import type { Column, Table } from './catalogue.ts';
import { modelTables } from './data-model.ts';

/** Rows of a table that the academy has none of: enough that several people have one. */
const wanted = 8;

/**
 * Gives every table of the data model rows, also those that only the server writes and no part of the academy fills. Made from
 * the catalogue: parents at random, the first word that a check allows, and for the rest any value of the type.
 */
export async function fillEmptyTables(server: Pool, catalogue: ReadonlyMap<string, Table>): Promise<void> {
  let empty = [...catalogue.values()].filter(({ name }) => modelTables.includes(name));
  // Parents may come after their children in the alphabet: as long as a round fills something, another follows.
  for (let before = Infinity; empty.length < before;) {
    before = empty.length;
    const still: Table[] = [];
    for (const table of empty)
      if (!(await hasRows(server, table.name)) && !(await fill(server, table))) still.push(table);
    empty = still;
  }
}

async function hasRows(server: Pool, name: string): Promise<boolean> {
  const { rows } = await server.query<{ found: boolean }>(`select exists (select from ${name}) as found`);
  return rows[0]!.found;
}

async function fill(server: Pool, table: Table): Promise<boolean> {
  const words = await allowedWords(server, table.name);
  const given = table.columns.filter(
    ({ isRequired, parent, name }) => isRequired || (parent && name !== 'origin_device_id'),
  );
  const columns = given.map(({ name }) => name);
  const value = (column: Column, at: number): string => {
    if (column.parent === table.name) return 'null';
    if (column.parent)
      return `(select ${column.parent === 'user_credentials' ? 'user_id' : 'id'} from ${column.parent} order by md5(id::text || '${column.name}') offset ${at} limit 1)`;
    const word = words.get(column.name);
    return word ?? plainValue(column, at);
  };
  let made = 0;
  for (let at = 0; at < wanted; at++) {
    const done = await server
      .query(
        columns.length === 0
          ? `insert into ${table.name} default values`
          : `insert into ${table.name} (${columns.join(', ')}) values (${given.map((column) => value(column, at)).join(', ')})`,
      )
      .then(
        () => true,
        (error: Error & { code?: string }) => {
          // Keys, checks, missing parents, and rules of triggers: this row cannot be, another may.
          if (error.code && /^(23|22|P0|2F)/.test(error.code)) return false;
          throw error;
        },
      );
    if (done) made += 1;
  }
  return made > 0;
}

/** The first word of each check that lists words: `column = ANY (ARRAY['a'::text, …])`. */
async function allowedWords(server: Pool, name: string): Promise<Map<string, string>> {
  const { rows } = await server.query<{ definition: string }>(
    `select pg_get_constraintdef(oid) as definition from pg_constraint where conrelid = $1::regclass and contype = 'c'`,
    [name],
  );
  const words = new Map<string, string>();
  for (const { definition } of rows)
    for (const [, column, word] of definition.matchAll(/\(?"?(\w+)"?\)?(?:::text)? = ANY \(+ARRAY\['([^']*)'/g))
      words.set(column!, `'${word}'`);
  return words;
}

function plainValue({ type, name }: Column, at: number): string {
  if (type === 'uuid') return 'gen_random_uuid()';
  if (/^(bigint|integer|smallint|numeric)/.test(type)) return String(at + 1);
  if (type === 'boolean') return 'false';
  if (type.startsWith('timestamp')) return 'now()';
  if (type === 'date') return 'current_date';
  if (type === 'jsonb') return `'{}'`;
  if (type === 'bytea') return `'\\x00'`;
  if (type.endsWith('[]')) return `'{}'`;
  if (name.includes('currency')) return `'PKR'`;
  if (name.includes('sha256') || name.includes('hash')) return `repeat('a', 63) || '${at}'`;
  if (name.includes('email')) return `'x${at}@example.test'`;
  return `'x${at}'`;
}
