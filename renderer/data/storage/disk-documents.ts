import type { RxDocumentData } from 'rxdb';
import { answered } from './indexed-db.ts';

/** As it lies on the disk: `_deleted` only where it is so, and none of the attachments that no document has. */
export type DiskDoc = { key: string; _deleted?: '1' } & Record<string, unknown>;

export function toDisk<T>(doc: RxDocumentData<T>): DiskDoc {
  const { _deleted, _attachments, ...rest } = doc as unknown as DiskDoc;
  return _deleted ? { ...(rest as DiskDoc), _deleted: '1' } : (rest as DiskDoc);
}

export const fromDisk = <T>(doc: DiskDoc): RxDocumentData<T> =>
  Object.assign(doc, { _deleted: doc._deleted === '1', _attachments: {} }) as unknown as RxDocumentData<T>;

export const keyOf = (doc: unknown): string => (doc as { key: string }).key;

export async function readByKey<T>(store: IDBObjectStore, keys: readonly string[]): Promise<RxDocumentData<T>[]> {
  const docs = await Promise.all(keys.map((key) => answered(store.get(key)) as Promise<DiskDoc | undefined>));
  return docs.flatMap((doc) => (doc ? [fromDisk<T>(doc)] : []));
}
