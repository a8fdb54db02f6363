import { attachmentLimit } from '#contract/rules/messages.ts';
import type { Actor } from '#contract/roles.ts';
import type { FileRow } from '#contract/tables/submissions.ts';
import type { Tx } from '../../db/sql.ts';
import type { GuardAnswer } from '../../sync/define-sync.ts';

type Known = Pick<FileRow, 'id' | 'bucket' | 'owner_id' | 'path' | 'bytes' | 'status'>;

/**
 * Whether a person may hang these files on a row that is about to be written: their own, in the folder of its record
 * (`tickets/<ticket>`, `messages/<thread>`), few, small and whole. One that is still on its way makes the row wait.
 */
export async function mayAttach(tx: Tx, actor: Actor, folder: string, ids: readonly string[]): Promise<GuardAnswer> {
  if (ids.length === 0) return 'allowed';
  if (ids.length > attachmentLimit.files || new Set(ids).size < ids.length) return 'invalid';
  const { rows } = await tx.query<Known>(
    'select id, bucket, owner_id, path, bytes, status from files where id = any($1::uuid[])',
    [ids],
  );
  for (const file of rows) {
    if (file.owner_id !== actor.id || file.bucket !== 'attachments' || !file.path.startsWith(`${folder}/`))
      return 'not_allowed';
    if (file.status === 'quarantined' || file.status === 'deleted') return 'invalid';
    if (Number(file.bytes) > attachmentLimit.bytes) return 'too_large';
  }
  const isWhole = rows.length === ids.length && rows.every(({ status }) => status === 'ready');
  return isWhole ? 'allowed' : { wait: 'files' };
}

/** Ties them to the row once it is written: from then on whoever reads the row reads them. */
export async function attach(
  tx: Tx,
  serverKey: string,
  owner: string,
  ids: readonly string[],
  row: { table: 'support_tickets' | 'support_ticket_replies' | 'messages'; id: string },
): Promise<void> {
  if (ids.length === 0) return;
  await tx.query('select server_link_files($1, $2, $3::uuid[], $4, $5)', [serverKey, owner, ids, row.table, row.id]);
}
