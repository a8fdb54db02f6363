import { linkByPath, mayBring, placeOf, type FoundPlace } from '#contract/rules/file-places.ts';
import { canStore, submissionLimits } from '#contract/rules/files.ts';
import type { CompanySettings } from '#contract/tables/company.ts';
import type { Assignment } from '#contract/tables/lessons.ts';
import { files, type FileRow } from '#contract/tables/submissions.ts';
import type { Tx } from '../../db/sql.ts';
import { defineSync } from '../../sync/define-sync.ts';

/**
 * Announces a file of one's own; its bytes follow by /storage/v1, which also says when it is whole. What it may hang on beside
 * its place, the row policy asks (`app_may_link`).
 */
export const filesSync = defineSync(files, {
  guard: async ({ tx, actor, op }, { before, set, deleted }) => {
    if (deleted || before) return 'not_allowed';
    const required = ['bucket', 'owner_id', 'path', 'original_name', 'mime', 'bytes', 'sha256'];
    if (required.some((column) => set[column] === undefined)) return 'invalid';
    const file = set as unknown as FileRow;
    const found = findPlace(file, op.id);
    if (file.owner_id !== actor.id || !found || !mayBring(found, actor) || !fitsLink(found, file)) return 'not_allowed';
    return canStore(file, await limitOf(tx, file, found), found.place.types);
  },
});

/** The place of a file that is named by the id of its row, as storage asks for the bytes as well (data model §4). */
function findPlace({ bucket, path }: FileRow, id: string): FoundPlace | null {
  const folders = path.split('/');
  const name = folders.pop() ?? '';
  if (name.split('.')[0] !== id || path.includes('..')) return null;
  return placeOf(bucket, folders);
}

/** A file hangs on nothing yet, or on a record of the tables its place is for; the one in its path where the path names it. */
function fitsLink(found: FoundPlace, file: Partial<Pick<FileRow, 'linked_table' | 'linked_id'>>): boolean {
  const { linked_table = null, linked_id = null } = file;
  if (linked_table === null) return linked_id === null;
  const named = linkByPath(found);
  if (named?.table === linked_table) return named.id === linked_id;
  return found.place.linksTo.includes(linked_table);
}

async function limitOf(tx: Tx, { path }: FileRow, { name, place }: FoundPlace): Promise<number | undefined> {
  if (name !== 'work') return place.bytes;
  const { rows } = await tx.query<
    Pick<CompanySettings, 'submission_max_files' | 'submission_max_file_mb'> &
      Pick<Assignment, 'max_files' | 'max_file_mb'>
  >(
    `select c.submission_max_files, c.submission_max_file_mb, a.max_files, a.max_file_mb
     from company_settings c left join assignments a on a.id::text = $1`,
    [path.split('/')[1] ?? ''],
  );
  return rows[0] && submissionLimits(rows[0], rows[0]).bytes;
}
