import { Dexie, type Table } from 'dexie';
import {
  categorizeBulkWriteRows,
  getQueryMatcher,
  getSortComparator,
  type BulkWriteRow,
  type EventBulk,
  type PreparedQuery,
  type RxDocumentData,
  type RxStorageBulkWriteResponse,
  type RxStorageChangeEvent,
  type RxStorageDefaultCheckpoint,
  type RxStorageInstanceCreationParams,
} from 'rxdb';
import { RxStorageInstanceDexie, type RxStorageDexie } from 'rxdb/plugins/storage-dexie';
import { Subject } from 'rxjs';
import { fromDisk, keyOf, readByKey, toDisk, type DiskDoc } from './disk-documents.ts';
import { answered, askInSlices, inTransaction } from './indexed-db.ts';
import { allKeys, keysOf, rangeOf, type KeyBounds } from './key-ranges.ts';

export type Settings = RxStorageDexie['settings'];
type Bulk<T> = EventBulk<RxStorageChangeEvent<RxDocumentData<T>>, RxStorageDefaultCheckpoint>;
type Selector = Record<string, unknown>;

/** Documents read with one request: their copies are made in one task. */
const pageSize = 300;

async function openFamily(name: string, settings: Settings) {
  const dexieDb = new Dexie(name, { ...settings, autoOpen: false });
  // 1 was RxDB's own layout, with four indexes.
  dexieDb.version(2).stores({ docs: 'key, _deleted', attachments: 'id' });
  await dexieDb.open();
  const [dexieTable, dexieAttachmentsTable] = [dexieDb.table('docs'), dexieDb.table('attachments')];
  return { dexieDb, dexieTable: dexieTable as Table, dexieAttachmentsTable, booleanIndexes: ['_deleted'] };
}

/** One family's documents on the disk. */
export class FamilyStore<T> extends RxStorageInstanceDexie<T> {
  readonly #events = new Subject<Bulk<T>>();

  constructor(storage: RxStorageDexie, params: RxStorageInstanceCreationParams<T, Settings>) {
    const { databaseName, collectionName, schema, options, devMode } = params;
    const name = `rxdb-dexie-${databaseName}--${schema.version}--${collectionName}`;
    const internals = openFamily(name, storage.settings);
    super(storage, databaseName, collectionName, schema, internals, options, storage.settings, devMode);
  }

  override async bulkWrite(rows: BulkWriteRow<T>[], context: string): Promise<RxStorageBulkWriteResponse<T>> {
    const areNew = rows.every(({ previous }) => !previous);
    const written = (areNew ? await this.#add(rows, context) : null) ?? (await this.#compareAndPut(rows, context));
    const { eventBulk, newestRow, errors } = written;
    if (eventBulk.events.length > 0 && newestRow) {
      const { document } = newestRow;
      eventBulk.checkpoint = { id: keyOf(document), lwt: document._meta.lwt };
      this.#events.next(eventBulk);
    }
    return { error: errors };
  }

  /** Null where one of them is there already: then nothing was written. */
  async #add(rows: BulkWriteRow<T>[], context: string) {
    const store = await this.#docs('readwrite');
    try {
      await inTransaction(store.transaction, () =>
        askInSlices(rows, ({ document }) => store.add(toDisk(document as RxDocumentData<T>))),
      );
    } catch (error) {
      if ((error as DOMException).name === 'ConstraintError') return null;
      throw error;
    }
    return this.#sort(new Map(), rows, context);
  }

  /** The way of any write: what another state lies under than its writer knew is answered as a conflict. */
  async #compareAndPut(rows: BulkWriteRow<T>[], context: string) {
    const store = await this.#docs('readwrite');
    return inTransaction(store.transaction, async () => {
      const keys = rows.map(({ document }) => keyOf(document));
      const there = new Map((await readByKey<T>(store, keys)).map((doc) => [keyOf(doc), doc]));
      const sorted = this.#sort(there, rows, context);
      await askInSlices([...sorted.bulkInsertDocs, ...sorted.bulkUpdateDocs], ({ document }) =>
        store.put(toDisk(document)),
      );
      return sorted;
    });
  }

  #sort(there: Map<string, RxDocumentData<T>>, rows: BulkWriteRow<T>[], context: string) {
    return categorizeBulkWriteRows<T>(this, 'key' as never, there as never, rows, context);
  }

  override async findDocumentsById(keys: string[], withDeleted: boolean): Promise<RxDocumentData<T>[]> {
    const docs = await readByKey<T>(await this.#docs('readonly'), keys);
    return withDeleted ? docs : docs.filter(({ _deleted }) => !_deleted);
  }

  override async query({ query }: PreparedQuery<T>): Promise<{ documents: RxDocumentData<T>[] }> {
    const matches = getQueryMatcher<RxDocumentData<T>>(this.schema as never, query as never);
    const found: RxDocumentData<T>[] = [];
    const visit = (doc: RxDocumentData<T>): void => {
      if (matches(doc)) found.push(doc);
    };
    const named = keysOf(query.selector as Selector);
    if (named) (await readByKey<T>(await this.#docs('readonly'), named)).forEach(visit);
    else await this.#scan(rangeOf(query.selector as Selector), visit);
    // By key they have come already.
    const isByKey = query.sort.length === 1 && (query.sort[0] as Record<string, unknown>).key === 'asc';
    if (!isByKey) found.sort(getSortComparator<RxDocumentData<T>>(this.schema as never, query as never));
    return { documents: found.slice(query.skip, query.skip + (query.limit ?? Infinity)) };
  }

  override async count(prepared: PreparedQuery<T>): Promise<{ count: number; mode: 'fast' }> {
    const asksAll = Object.keys(prepared.query.selector as Selector).every((field) => field === '_deleted');
    if (!asksAll) return { count: (await this.query(prepared)).documents.length, mode: 'fast' };
    const store = await this.#docs('readonly');
    const [all, deleted] = await Promise.all([answered(store.count()), answered(store.index('_deleted').count('1'))]);
    return { count: all - deleted, mode: 'fast' };
  }

  /**
   * Only RxDB's migration asks, of a collection that nobody writes any more: by key, which is the order they lie in. By the time of
   * their writing it would read all of them again for each page.
   */
  async getChangedDocumentsSince(limit: number, since?: RxStorageDefaultCheckpoint) {
    const store = await this.#docs('readonly');
    const range = this.#range(allKeys, since?.id);
    const page = (await answered(store.getAll(range, limit))) as DiskDoc[];
    const documents = page.map((doc) => fromDisk<T>(doc));
    const last = documents.at(-1);
    return { documents, checkpoint: last ? { id: keyOf(last), lwt: last._meta.lwt } : (since ?? { id: '', lwt: 0 }) };
  }

  /** Visits every document of a range of keys in their order, skeletons included, a page at a time. */
  async #scan(bounds: KeyBounds, visit: (doc: RxDocumentData<T>) => void): Promise<void> {
    const store = await this.#docs('readonly');
    for (let last: string | undefined; ;) {
      const page = (await answered(store.getAll(this.#range(bounds, last), pageSize))) as DiskDoc[];
      for (const doc of page) visit(fromDisk<T>(doc));
      if (page.length < pageSize) return;
      last = page.at(-1)!.key;
    }
  }

  override changeStream() {
    return this.#events.asObservable();
  }

  override async cleanup(): Promise<boolean> {
    const { dexieTable } = await this.internals;
    await dexieTable.where('_deleted').equals('1').delete();
    return true;
  }

  override close(): Promise<void> {
    this.#events.complete();
    return super.close();
  }

  #range([from, to]: KeyBounds, after?: string): IDBKeyRange {
    const ranges = (this.settings.IDBKeyRange ?? IDBKeyRange) as typeof IDBKeyRange;
    return ranges.bound(after ?? from, to, after !== undefined);
  }

  async #docs(mode: IDBTransactionMode): Promise<IDBObjectStore> {
    const { dexieDb } = await this.internals;
    const durability = this.settings.chromeTransactionDurability;
    return dexieDb
      .backendDB()
      .transaction('docs', mode, durability && { durability })
      .objectStore('docs');
  }
}
