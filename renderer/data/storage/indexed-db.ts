/** Plain IndexedDB, where Dexie would cost a promise and a closure for each of thousands of documents. */

/** So long one task may go on asking the disk before the page gets its turn: half of a frame. */
const sliceMs = 8;

export const answered = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Does the work and resolves once the transaction is on the disk. What fails undoes all of it and is thrown, the cause first. */
export async function inTransaction<T>(transaction: IDBTransaction, work: () => Promise<T>): Promise<T> {
  const end = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new DOMException('aborted', 'AbortError'));
  });
  const [done, ended] = await Promise.allSettled([work().catch((error: unknown) => undo(transaction, error)), end]);
  // After a request failed, those that follow fail with less to say.
  if (ended.status === 'rejected' && (ended.reason as DOMException).name !== 'AbortError') throw ended.reason;
  if (done.status === 'rejected') throw done.reason;
  if (ended.status === 'rejected') throw ended.reason;
  return done.value;
}

function undo(transaction: IDBTransaction, error: unknown): never {
  try {
    transaction.abort();
  } catch {
    // It is over already.
  }
  throw error;
}

/**
 * Makes one request for each item. A copy of every document is made while asking, so many of them would block the page: after a
 * slice it waits for the last answer, which keeps the transaction open and lets the page draw and answer.
 */
export async function askInSlices<T>(items: readonly T[], ask: (item: T) => IDBRequest): Promise<void> {
  let from = performance.now();
  for (const item of items) {
    const request = ask(item);
    if (performance.now() - from < sliceMs) continue;
    await answered(request);
    from = performance.now();
  }
}
