import { roles, type Role } from '#contract/roles.ts';
import { findTable } from '#contract/tables/index.ts';
import type { Pool } from '../db/sql.ts';
import { readCatalogue, type Column, type Table } from '../matrix/catalogue.ts';
import { groupOf } from '../matrix/data-model.ts';
import { viewsOf } from '../permissions/fragments.ts';
import { everyTable } from '../permissions/tables/index.ts';
import type { TablePermissions, View, Write } from '../permissions/view.ts';
import { readMeanings, readScopes, type Meanings } from './comments.ts';
import { tableWords, words } from './words.ts';

const names: Record<Role, string> = {
  student: 'S',
  mentor: 'M',
  enrollment_manager: 'E',
  admin: 'A',
  superadmin: 'X',
};
const short = (list: readonly Role[]): string =>
  roles
    .filter((role) => list.includes(role))
    .map((role) => names[role])
    .join(' ');

const head = `# The schema

Made by \`npm run schema\` from PostgreSQL's catalogue, the comments beside the migrations and the contract, and the permissions. Do not
edit it: a test compares it. The exact definitions are in \`sync-server/db/schema.txt\`.

A question mark behind a type: null is allowed. People: **S** student, **M** mentor, **E** enrolment manager, **A** admin, **X** superadmin. *Devices* are the roles whose devices hold the
column, *online* those who may ask for it. Rows are those of the scopes listed; deleted rows are nobody's. What no line names is refused.
`;

/** The reference of every table of the data model: its columns with type and meaning, and who may do what. */
export async function writeReference(db: Pool): Promise<string> {
  const catalogue = await readCatalogue(db);
  const meanings = readMeanings();
  const choices = await readChoices(db);
  const scopes = readScopes();
  const parts: string[] = [head];
  for (const [group, tables] of Map.groupBy(groupOf, ([, group]) => group)) {
    parts.push(`## ${group}\n`);
    for (const [name] of tables) {
      const table = catalogue.get(name);
      if (table) parts.push(describe(table, { meanings, choices, scopes }));
    }
  }
  return `${parts.join('\n').trimEnd()}\n`;
}

type Sources = { meanings: Meanings; choices: Meanings; scopes: ReadonlyMap<string, string> };

/** The words that a column's check lists, by `table.column`. */
async function readChoices(db: Pool): Promise<Meanings> {
  const { rows } = await db.query<{ table: string; definition: string }>(
    `select conrelid::regclass::text as "table", pg_get_constraintdef(oid) as definition from pg_constraint
     where contype = 'c' and connamespace = 'public'::regnamespace and cardinality(conkey) = 1 order by conname`,
  );
  const choices: Meanings = new Map();
  for (const { table, definition } of rows) {
    const [, column, list] = /^CHECK \(\(?\(?(\w+)\)?(?:::text)? = ANY \(+ARRAY\[(.*)\]\)/.exec(definition) ?? [];
    if (column) choices.set(`${table}.${column}`, [...list!.matchAll(/'([^']*)'/g)].map(([, word]) => word).join(', '));
  }
  return choices;
}

function describe(table: Table, { meanings, choices, scopes }: Sources): string {
  const permissions = everyTable.find((one) => one.table === table.name);
  const family = findTable(table.name)?.family;
  const kind = family ? `Replicated, family \`${family}\`.` : 'Never on a device.';
  return [
    `### ${table.name}\n`,
    `${sentence(meanings.get(table.name) ?? tableWords[table.name] ?? wordsOf(table.name))} ${kind}\n`,
    '| Column | Type | Meaning | Devices | Online |',
    '| --- | --- | --- | --- | --- |',
    ...table.columns.map((column) => row(table, column, meanings, choices, permissions)),
    '',
    ...rights(permissions, scopes),
    '',
  ].join('\n');
}

function row(
  table: Table,
  column: Column,
  meanings: Meanings,
  choices: Meanings,
  permissions: TablePermissions | undefined,
): string {
  const shows = (list: (view: View) => readonly string[]) =>
    roles.filter((role) => permissions && viewsOf(permissions, role).some((view) => list(view).includes(column.name)));
  const devices = shows((view) => view.columns);
  const online = shows((view) => view.online ?? []);
  const type = `${column.type}${column.isNullable ? '?' : ''}`;
  const cells = [
    `\`${column.name}\``,
    type,
    cell(meaningOf(table, column, meanings, choices)),
    short(devices),
    short(online),
  ];
  return `| ${cells.join(' | ')} |`;
}

function meaningOf({ name }: Table, column: Column, meanings: Meanings, choices: Meanings): string {
  const said = meanings.get(`${name}.${column.name}`) ?? words[column.name];
  const parent = column.parent ? ` → ${column.parent}` : '';
  const listed = choices.get(`${name}.${column.name}`);
  return `${sentence(said ?? wordsOf(column.name))}${listed ? ` One of ${listed}.` : ''}${parent}`;
}

/** A name that says all there is to say. */
const wordsOf = (name: string): string => {
  const text = name.replaceAll('_', ' ').replace(/ id$/, '').replace(/ ids$/, ' list');
  return text.charAt(0).toUpperCase() + text.slice(1);
};
const sentence = (text: string): string => (/[.!?)]$/.test(text) ? text : `${text}.`);
const cell = (text: string): string => text.replaceAll('|', String.raw`\|`);

function rights(permissions: TablePermissions | undefined, scopes: ReadonlyMap<string, string>): string[] {
  if (!permissions) return ['- Nobody reads or writes it but the server.'];
  const { read, write, commands } = permissions;
  const lines = [
    ...(read.length === 0
      ? ['- Read by nobody.']
      : roles.flatMap((role) => readBy(role, viewsOf(permissions, role), scopes))),
    ...write.map(writtenBy),
    ...commands.map(({ name, verb, roles: who }) => `- Command \`${name}\` (${verb}): ${short(who)}`),
  ];
  return write.length + commands.length > 0 ? lines : [...lines, '- Written by the server alone.'];
}

function readBy(role: Role, views: readonly View[], scopes: ReadonlyMap<string, string>): string[] {
  if (views.length === 0) return [];
  const rows = views.map(({ scope, key, when }) => {
    const about = `${(scopes.get(scope) ?? scope).replace(/\.$/, '')}${key ? ` (\`${key}\`)` : ''}`;
    return `${about}${when ? ` where \`${when.replaceAll(/\s+/g, ' ')}\`` : ''}`;
  });
  return [`- ${names[role]} reads: ${[...new Set(rows)].join('; ')}`];
}

const writtenBy = ({ verb, roles: who, columns, rows, result }: Write): string => {
  const condition = rows ? `rows \`${rows.replaceAll(/\s+/g, ' ')}\`` : `where \`${result.replaceAll(/\s+/g, ' ')}\``;
  return `- Devices of ${short(who)} ${verb} ${columns.map((column) => `\`${column}\``).join(', ')}; ${condition}`;
};
