import { z } from 'zod';
import type { Tx } from '../../db/sql.ts';
import { defineJob } from '../../jobs/define-job.ts';
import { enqueue } from '../../jobs/enqueue.ts';
import { objectKey } from './object-store.ts';
import { openStorage } from './storage.ts';

/** Removes bytes whose rows were given up in the transaction that enqueued this; tried again until the store takes it. */
export const removeBytes = defineJob({
  name: 'files.remove-bytes',
  payload: z.object({ keys: z.array(z.string()) }),
  run: async ({ keys }, deps) => {
    const { objects } = openStorage(deps);
    for (const key of keys) await objects.remove(key);
  },
});

/**
 * Gives up every file a person brought, for the erasure of the person (workflows 3.9): unreadable with this transaction, the
 * bytes gone a moment after it. What the academy must keep stays: invoices, receipts, certificates and proofs of payment. Runs
 * as the server. Answers how many files went.
 */
export async function eraseFilesOf(tx: Tx, personId: string): Promise<number> {
  const { rows } = await tx.query<{ id: string; bucket: string }>(
    `update files set status = 'deleted', original_name = 'erased', details = null
     where status <> 'deleted' and (
       owner_id = $1 and bucket <> 'company-logos' and path not like 'lessons/%' and path not like 'resources/%'
       or bucket = 'student-documents' and starts_with(path, $2 || '/'))
       and not (bucket = 'student-documents' and split_part(path, '/', 2) in ('certificates', 'billing', 'payment-proofs'))
     returning id, bucket`,
    [personId, personId],
  );
  if (rows.length > 0) await enqueue(tx, removeBytes, { keys: rows.map(({ bucket, id }) => objectKey(bucket, id)) });
  return rows.length;
}
