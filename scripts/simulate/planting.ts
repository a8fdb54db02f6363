import type { Plant } from './plants.ts';

type Edit = Plant['edits'][number];

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
export const withSql = ({ edits }: Plant): Edit[] =>
  edits.map((edit) => {
    if (!edit.file.endsWith('.sql')) return edit;
    const name = edit.file.split('/').at(-1)!.replace('.sql', '');
    return {
      ...reader,
      put: `planted(${reader.find}, name);
const planted = (text: string, of: string): string =>
  of === ${JSON.stringify(name)} ? text.split(${JSON.stringify(edit.find)}).join(${JSON.stringify(edit.put)}) : text`,
    };
  });
