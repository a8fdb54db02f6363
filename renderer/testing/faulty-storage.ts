import { vi } from 'vitest';
import { contexts } from '../data/apply.ts';
import { FamilyStore } from '../data/storage/family-store.ts';

/** Says for each write of the replica whether it fails: an error thrown by the disk, or an error for single rows. */
export type Fault = (keys: string[]) => 'ok' | 'throw' | 'row-error';

/** Makes writes to the replica fail in every database of this page until `stop`. */
export function breakReplicaWrites(fault: Fault): { stop(): void; failures: () => number } {
  let failures = 0;
  const real = FamilyStore.prototype.bulkWrite;
  const spy = vi.spyOn(FamilyStore.prototype, 'bulkWrite').mockImplementation(async function (
    this: FamilyStore<unknown>,
    rows,
    context,
  ) {
    const outcome = Object.values<string>(contexts).includes(context)
      ? fault(rows.map((row) => (row.document as { key: string }).key))
      : 'ok';
    if (outcome === 'ok') return real.call(this, rows, context);
    failures += 1;
    if (outcome === 'throw') throw new DOMException('the disk is full', 'QuotaExceededError');
    const first = rows[0];
    if (!first) return { error: [] };
    const rest = await real.call(this, rows.slice(1), context);
    const id = (first.document as { key: string }).key;
    return {
      error: [...rest.error, { status: 422, isError: true, documentId: id, writeRow: first, validationErrors: [] }],
    } as never;
  });
  return { stop: () => spy.mockRestore(), failures: () => failures };
}
