import type { z } from 'zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { naturalId } from '#contract/natural-id.ts';
import { tableNames, tables, type TableName } from '#contract/tables/index.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

type Column = { column_name: string; data_type: string; is_nullable: 'YES' | 'NO' };

async function columnsOf(table: string): Promise<Map<string, Column>> {
  const { rows } = await database.server.query<Column>(
    `select column_name, case when udt_name = 'citext' then 'text' else data_type end as data_type, is_nullable
     from information_schema.columns where table_schema = 'public' and table_name = $1`,
    [table],
  );
  return new Map(rows.map((row) => [row.column_name, row]));
}

/** The SQL types whose values fit a contract field as they come out of `to_jsonb`. */
function fittingTypes(schema: z.ZodType): readonly string[] {
  const definition = (schema as z.ZodType & { _zod: { def: Record<string, unknown> } })._zod.def;
  switch (definition['type']) {
    case 'string':
      return stringTypes(definition['format'] as string | undefined);
    case 'int':
    case 'number':
      return definition['format'] === 'safeint'
        ? ['integer', 'bigint', 'smallint']
        : ['double precision', 'numeric', 'integer'];
    case 'boolean':
      return ['boolean'];
    case 'enum':
      return ['text'];
    case 'array':
      return ['ARRAY', 'jsonb'];
    case 'object':
    case 'record':
      return ['jsonb'];
    default:
      throw new Error(`No SQL type is known for a ${String(definition['type'])} field`);
  }
}

function stringTypes(format: string | undefined): readonly string[] {
  if (format === 'uuid') return ['uuid'];
  if (format === 'datetime') return ['timestamp with time zone'];
  if (format === 'date') return ['date'];
  return ['text', 'date', 'time without time zone'];
}

/** Takes optional and nullable off a field. */
function unwrap(schema: z.ZodType): { inner: z.ZodType; nullable: boolean } {
  const definition = (schema as z.ZodType & { _zod: { def: { type: string; innerType?: z.ZodType } } })._zod.def;
  if (definition.type !== 'optional' && definition.type !== 'nullable') return { inner: schema, nullable: false };
  const { inner, nullable } = unwrap(definition.innerType!);
  return { inner, nullable: nullable || definition.type === 'nullable' };
}

describe.each(tableNames)('%s', (name: TableName) => {
  it('has every field of its contract, with a fitting type and the same nullability', async () => {
    const columns = await columnsOf(name);
    const differences: string[] = [];
    for (const [field, schema] of Object.entries(tables[name].row.shape)) {
      const column = columns.get(field);
      const { inner, nullable } = unwrap(schema as z.ZodType);
      if (!column) differences.push(`${field}: no such column`);
      else if (!fittingTypes(inner).includes(column.data_type)) differences.push(`${field}: ${column.data_type}`);
      else if (nullable !== (column.is_nullable === 'YES'))
        differences.push(`${field}: nullable ${column.is_nullable}`);
    }
    expect(differences).toEqual([]);
  });

  it('has the standard columns', async () => {
    const columns = await columnsOf(name);
    const expected = ['id', 'created_at', 'updated_at', 'is_deleted', 'v'];
    const { insert, update } = tables[name].device;
    if (insert ?? update) expected.push('client_at', 'origin_device_id');
    expect(expected.filter((column) => !columns.has(column))).toEqual([]);
  });

  it('allows exactly the values its contract lists', async () => {
    const { rows } = await database.server.query<{ definition: string }>(
      `select pg_get_constraintdef(oid) as definition from pg_constraint where contype = 'c' and conrelid = $1::regclass`,
      [name],
    );
    for (const [field, schema] of Object.entries(tables[name].row.shape)) {
      const { inner } = unwrap(schema as z.ZodType);
      const values = (inner as z.ZodEnum)._zod.def.type === 'enum' ? (inner as z.ZodEnum).options : null;
      if (!values) continue;
      const check = rows.find(({ definition }) => definition.startsWith(`CHECK ((${field} = ANY (ARRAY[`));
      const allowed = [...(check?.definition.matchAll(/'([^']*)'::text/g) ?? [])].map((match) => match[1]);
      expect({ field, allowed: allowed.toSorted() }).toEqual({ field, allowed: [...values].map(String).toSorted() });
    }
  });

  it('makes the id of a natural key as the device does', async () => {
    const { naturalKey } = tables[name];
    const { rows } = await database.server.query<{ arguments: string }>(
      `select encode(t.tgargs, 'escape') as arguments from pg_trigger t where t.tgname = 'natural_id' and t.tgrelid = $1::regclass`,
      [name],
    );
    const columns = rows[0]?.arguments.split(String.raw`\000`).slice(0, -1);
    expect(columns).toEqual(naturalKey);
  });
});

it('computes natural ids in SQL as in TypeScript', async () => {
  for (const values of [['a'], ['018f3c1e-0000-7000-8000-000000000001', 'b'], ['ارے', '100 % é', '']]) {
    const { rows } = await database.server.query<{ id: string }>(
      'select app_natural_id($1, variadic $2::text[]) as id',
      ['user_unlocks', values],
    );
    expect(rows[0]!.id).toBe(naturalId('user_unlocks', ...values));
  }
});
