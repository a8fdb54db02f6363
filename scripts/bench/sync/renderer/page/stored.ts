/** How many documents lie in RxDB's databases of this origin, asked of IndexedDB itself. */
export async function countStored(part: string): Promise<number> {
  let count = 0;
  for (const { name } of await indexedDB.databases()) {
    if (!name?.startsWith('rxdb-dexie-') || !name.includes(part) || name.endsWith('_rxdb_internal')) continue;
    // Documents once: the copies that a replication keeps of them are no rows.
    if (name.includes('rx-replication-meta')) continue;
    const database = await done(indexedDB.open(name));
    count += await done(database.transaction('docs').objectStore('docs').count());
    database.close();
  }
  return count;
}

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('no answer'));
  });

/** Chromium's own figure; 0 where it is not given. */
export const heapMb = (): number =>
  Math.round(((performance as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? 0) / 1e6);
