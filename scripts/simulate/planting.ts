import type { Plant } from './plants.ts';

type Edit = Plant['edits'][number];

/** How often the mistake happened, in this process and in the servers: one that never did proves nothing. */
export const firings = { count: 0 };
/** By this a server says that it happened there. */
export const firedLine = 'the plant fired';

/** The text with the mistake in it; throws where the place is no longer there once. */
export function planted(source: string, { file, find, put }: Edit): string {
  if (source.split(find).length !== 2) throw new Error(`the planted place is not there once in ${file}`);
  return source.replace(find, () => put);
}

/** Where declared SQL is read, which is no module: there the mistake is put in. */
const reader = {
  file: 'sync-server/permissions/generate.ts',
  find: "readFileSync(join(import.meta.dirname, 'sql', `${name}.sql`), 'utf8')",
};

/** The edits as modules are loaded: those of SQL become one of the module that reads it. */
export function withSql({ edits }: Plant): Edit[] {
  const ofSql = edits.filter(({ file }) => file.endsWith('.sql'));
  const rest = edits.filter((edit) => !ofSql.includes(edit));
  if (ofSql.length === 0) return rest;
  const named = ofSql.map(({ file, find, put }) => ({ of: file.split('/').at(-1)!.replace('.sql', ''), find, put }));
  const put = `planted(${reader.find}, name);
const planted = (text: string, of: string): string =>
  ${JSON.stringify(named)}.filter((edit) => edit.of === of && plantFired()).reduce((whole, edit) => whole.split(edit.find).join(edit.put), text)`;
  return [...rest, { ...reader, put }];
}
