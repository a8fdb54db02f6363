import type { Tx } from '../../db/sql.ts';
import { AppError } from '../../http/errors.ts';

const megabyte = 1024 * 1024;
/** Largest proof (workflows 3.11). */
const largest = 8 * megabyte;
const types = ['application/pdf', 'image/jpeg', 'image/png', 'image/webp', 'image/gif'];

/**
 * Checks that these files are proofs about this student: whole, pictures or PDF, brought by `owner`, and not about
 * somebody else's payment already. Throws INVALID_INPUT.
 */
export async function requireProofs(tx: Tx, ids: readonly string[], owner: string, student: string): Promise<void> {
  if (ids.length === 0) return;
  const { rows } = await tx.query<{ fits: number }>(
    `select count(*) as fits from files f
     where f.id = any ($1) and f.owner_id = $2 and f.bucket = 'student-documents' and f.status = 'ready' and not f.is_deleted
       and f.bytes <= $3 and f.mime = any ($4) and split_part(f.path, '/', 1) = $5
       and not exists (select from payment_proofs p where f.id = any (p.file_ids))
       and not exists (select from installment_payments p where f.id = any (p.proof_file_ids))`,
    [ids, owner, largest, types, student],
  );
  if (rows[0]!.fits !== new Set(ids).size)
    throw new AppError('INVALID_INPUT', {
      details: [{ path: 'proofs', message: 'Pictures or PDF of at most 8 MB that were uploaded before.' }],
    });
}

/** Hangs proofs on the payment they prove, so that whoever reads the one reads the other; a student's own stay with their claim. */
export async function linkProofs(tx: Tx, ids: readonly string[], payment: string): Promise<void> {
  if (ids.length === 0) return;
  await tx.query(
    `update files set linked_table = 'installment_payments', linked_id = $2
     where id = any ($1) and not exists (
       select from payment_proofs p where files.linked_table = 'payment_proofs' and p.id = files.linked_id)`,
    [ids, payment],
  );
}

/** Hangs a student's own files on the claim they belong to. */
export async function linkToProof(tx: Tx, ids: readonly string[], proof: string): Promise<void> {
  await tx.query("update files set linked_table = 'payment_proofs', linked_id = $2 where id = any ($1)", [ids, proof]);
}
