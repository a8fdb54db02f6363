import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
/** What a table is, and what its columns mean, by `table` and `table.column`. */
export type Meanings = Map<string, string>;

const filesIn = (folder: string, ending: string): string[] =>
  readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith(ending) && !name.includes('.test.'))
    .toSorted()
    .map((name) => readFileSync(path.join(root, folder, name), 'utf8'));

/** The comments that stand beside tables and columns where they are made: in the migrations, then in the contract. */
export function readMeanings(): Meanings {
  const meanings: Meanings = new Map();
  for (const text of filesIn('db/migrations', '.sql')) readSql(text, meanings);
  for (const text of filesIn('contract/tables', '.ts')) readContract(text, meanings);
  return meanings;
}

function readSql(text: string, meanings: Meanings): void {
  let table = '';
  let said: string[] = [];
  const note = (name: string, aside?: string) => {
    const words = aside ?? said.join(' ');
    if (words) meanings.set(name, words);
    said = [];
  };
  for (const line of text.split('\n')) {
    const comment = /^\s*-- (.*)$/.exec(line)?.[1];
    const made = /^create table (?:if not exists )?(\w+)/.exec(line)?.[1];
    const altered = /^alter table (\w+)/.exec(line)?.[1];
    const column = /^\s+(?:add column (?:if not exists )?)?([a-z]\w*) [a-z].*?(?:-- (.*))?$/.exec(line);
    if (comment) said.push(comment);
    else if (made) note((table = made));
    else if (altered) {
      table = altered;
      said = [];
    } else if (table && column && !isClause.test(column[1]!)) note(`${table}.${column[1]!}`, column[2]);
    else said = [];
    if (/;\s*$/.test(line)) table = '';
  }
}

const isClause =
  /^(check|unique|primary|foreign|constraint|exclude|references|on|where|drop|rename|alter|add|case|when|and|or)$/;

function readContract(text: string, meanings: Meanings): void {
  const tables = text.matchAll(
    /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*)?export const \w+ = defineTable\(\{\s*name: '(\w+)'([\s\S]*?)\n\}\);/g,
  );
  for (const [, about, table, body] of tables) {
    if (about) meanings.set(table!, plain(about));
    for (const [, meaning, column] of body!.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(\w+):/g))
      meanings.set(`${table!}.${column!}`, plain(meaning!));
  }
}

/** What a scope is, by its name: the comments of `permissions/scopes.ts`. */
export function readScopes(): Map<string, string> {
  const text = readFileSync(path.join(root, 'permissions/scopes.ts'), 'utf8');
  const found = text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(\w+): /g);
  return new Map([...found].map(([, meaning, scope]) => [scope!, plain(meaning!)]));
}

const plain = (comment: string): string =>
  comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, '').trim())
    .filter(Boolean)
    .join(' ');
