import type { Pool } from '../db/sql.ts';

/** Where a canary was put: a text or a number that stands nowhere else in the database. */
export type Place = { table: string; column: string; row: Record<string, unknown> };
export type Planted = {
  places: ReadonlyMap<string, Place>;
  /** Columns whose checks take no free text, such as a status. */
  barren: string[];
};

/** What authenticates the readers themselves and the bookkeeping of the migrator: planting there would end the test. */
const spared = [
  'kysely_migration',
  'kysely_migration_lock',
  'signing_keys',
  'device_keys',
  'server_secrets',
  'sync_epoch',
  'sync_marks',
  'sync_members',
  'sync_ops',
  'sync_readers',
  'sync_rows',
];

/** Columns that say what a row hangs on or when its day begins: another word there would move rows out of sight. */
const meaning = ['files.linked_table', 'batches.timezone'];

type Column = { table: string; column: string; type: string };

/**
 * Puts a canary of its own into every row of every column that can hold one, in every table of ours. Texts name their place,
 * numbers and phone numbers are counted.
 */
export async function plantCanaries(server: Pool): Promise<Planted> {
  const { rows: columns } = await server.query<Column>(
    `select c.table_name as "table", c.column_name as "column", case c.data_type when 'ARRAY' then c.udt_name when 'USER-DEFINED' then c.udt_name else c.data_type end as type
     from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
     where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and not c.table_name = any ($1) and c.column_name <> 'id'
       and c.is_generated = 'NEVER'
       and not c.table_name || '.' || c.column_name = any ($2)
     order by c.table_name, c.ordinal_position`,
    [spared, meaning],
  );
  const barren: string[] = [];
  await server.query('create sequence if not exists canary_numbers start 1000000001');
  // Triggers rest meanwhile; what they would have published is published at the end, all at once.
  const tables = [...new Set(columns.map(({ table }) => table))];
  for (const table of tables) await server.query(`alter table ${table} disable trigger user`);
  // What even the server only adds to takes a canary as well: the owner allows itself for so long.
  const { rows: appendOnly } = await server.query<{ table: string }>(
    "select name as table from unnest($1::text[]) as name where not has_table_privilege(name, 'update')",
    [tables],
  );
  for (const { table } of appendOnly) await server.query(`grant update on ${table} to current_user`);
  for (const one of columns) if (!(await plant(server, one))) barren.push(`${one.table}.${one.column}`);
  for (const { table } of appendOnly) await server.query(`revoke update on ${table} from current_user`);
  for (const table of tables) await server.query(`alter table ${table} enable trigger user`);
  await publishEverything(server);
  const places = new Map<string, Place>();
  for (const { table, column } of columns) {
    const { rows } = await server.query<{ row: Record<string, unknown>; value: string | null }>(
      `select to_jsonb(t) as row, t.${column}::text as value from ${table} t`,
    );
    for (const { row, value } of rows)
      for (const canary of canariesIn(value ?? '')) places.set(canary, { table, column, row });
  }
  return { places, barren };
}

async function publishEverything(server: Pool): Promise<void> {
  const { rows } = await server.query<{ name: string }>(
    "select substr(proname, 14) as name from pg_proc where proname like 'sync\\_publish\\_%' and pronargs = 1",
  );
  for (const { name } of rows) await server.query(`select sync_publish_${name}(array(select id from ${name}))`);
}

async function plant(server: Pool, { table, column, type }: Column): Promise<boolean> {
  const place = `('~${table}.${column}.' || coalesce(to_jsonb(t) ->> 'id', to_jsonb(t) ->> 'user_id', nextval('canary_numbers')::text) || '~')`;
  const number = `('77' || nextval('canary_numbers'))::bigint`;
  const forms: Record<string, string[]> = {
    text: [place, `${place} || '@x.test'`, `'+' || ${number}`],
    citext: [`${place} || '@x.test'`],
    jsonb: [`jsonb_build_object('canary', ${place})`, `jsonb_build_array(${place})`],
    _text: [`array[${place}]`],
    bytea: [`convert_to(${place}, 'UTF8')`],
    bigint: [number],
  };
  const everywhere = (forms[type] ?? []).map((form) => `update ${table} t set ${column} = ${form}`);
  // Where a row has either this or another column, those that have this one.
  const wherePresent = everywhere.map((update) => `${update} where ${column} is not null`);
  for (const update of [...everywhere, ...wherePresent]) {
    const done = await server.query(update).then(
      () => true,
      (error: { code?: string }) => {
        // A check, a key, or a limit of the column; anything else is a fault of this test.
        if (['23514', '23505', '23503', '22001', '23502'].includes(error.code ?? '')) return false;
        throw error;
      },
    );
    if (done) return true;
  }
  return everywhere.length === 0;
}

/** Every canary in a text, whichever way it got there; bytes are found in their hexadecimal form too. */
export function canariesIn(text: string): string[] {
  const hex = [...text.matchAll(/7e(?:[0-9a-f]{2})+?7e/g)].map(([match]) => Buffer.from(match, 'hex').toString());
  return [text, ...hex].flatMap((one) => one.match(/~[a-z_]+\.[a-z0-9_]+\.[0-9a-f-]+~|(?<![-\w])77\d{10}\b/g) ?? []);
}
