import { canStore, submissionLimits } from '#contract/rules/files.ts';
import type { CompanySettings } from '#contract/tables/company.ts';
import type { Assignment } from '#contract/tables/lessons.ts';
import { files, type FileRow } from '#contract/tables/submissions.ts';
import type { Tx } from '../../db/sql.ts';
import { defineSync } from '../../sync/define-sync.ts';

const megabyte = 1024 * 1024;
const largestPortrait = 5 * megabyte;

/** Announces a file of one's own; its bytes follow by /storage/v1, which also says when it is whole. */
export const filesSync = defineSync(files, {
  guard: async ({ tx, actor, op }, { before, set, deleted }) => {
    if (deleted || before) return 'not_allowed';
    const required = ['bucket', 'owner_id', 'path', 'original_name', 'mime', 'bytes', 'sha256'];
    if (required.some((column) => set[column] === undefined)) return 'invalid';
    const file = set as unknown as FileRow;
    if (file.owner_id !== actor.id || !isOwnPlace(file, op.id, actor.id)) return 'not_allowed';
    if (actor.role !== 'student' && file.bucket !== 'attachments') return 'not_allowed';
    return canStore(file, await limitOf(tx, file));
  },
});

/** Below the own id, under the file's own id: what storage checks for the bytes as well (data model §4). */
function isOwnPlace({ bucket, path }: FileRow, id: string, userId: string): boolean {
  const [first, second, ...rest] = path.split('/');
  const isNamed = (rest.at(-1) ?? second ?? '').split('.')[0] === id;
  if (!isNamed || path.includes('..')) return false;
  if (bucket === 'assignment-submissions' || bucket === 'student-documents') return first === userId;
  return bucket === 'attachments' && first === 'avatars' && second === userId;
}

async function limitOf(tx: Tx, { bucket, path }: FileRow): Promise<number | undefined> {
  if (bucket === 'attachments') return largestPortrait;
  if (bucket !== 'assignment-submissions') return undefined;
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
