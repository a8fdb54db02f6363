import {
  addRxPlugin,
  createRxDatabase,
  normalizeMangoQuery,
  prepareQuery,
  type MigrationStrategies,
  type RxCollection,
  type RxDatabase,
  type RxDocumentData,
  type RxJsonSchema,
  type RxStorage,
} from 'rxdb';
import { RxDBMigrationSchemaPlugin } from 'rxdb/plugins/migration-schema';
import { families, tablesOf, type Family } from '#contract/tables/index.ts';
import type { ReplicaDoc } from './documents.ts';
import { keepWriteTimes } from './write-times.ts';

export type ReplicaCollection = RxCollection<ReplicaDoc>;
export type ReplicaDatabase = RxDatabase<Record<string, ReplicaCollection>>;
export type StoredDoc = RxDocumentData<ReplicaDoc>;

/**
 * The columns are the contract's and are not repeated here: no validator runs on the device, because a tombstone or a column of
 * a newer server must be kept, not refused (sync.md 1.3). `key` is `type|id`: a student and their user share an id.
 */
export const replicaSchema = {
  version: 0,
  type: 'object',
  primaryKey: 'key',
  properties: {
    key: { type: 'string', maxLength: 140 },
    type: { type: 'string', maxLength: 60 },
    id: { type: 'string', maxLength: 80 },
    v: { type: 'string', maxLength: 60 },
  },
  required: ['key', 'type', 'id', 'v'],
  // On the disk the rows of a table are a range of the key (storage/); RxDB's memory storage keeps this index.
  indexes: [['type']],
} as unknown as RxJsonSchema<ReplicaDoc>;

addRxPlugin(RxDBMigrationSchemaPlugin);

/** A release with another schema takes every document over as it is, also without a network: what it says, the server knows. */
const takeOver = (): MigrationStrategies =>
  Object.fromEntries(Array.from({ length: replicaSchema.version }, (_, at) => [at + 1, (doc: ReplicaDoc) => doc]));

/** The families that have tables today; at most 13 collections may be open (decisions 10). */
export const openFamilies: readonly Family[] = families.filter((family) => tablesOf(family).length > 0);
keepWriteTimes(openFamilies);

export async function openReplicaDatabase(
  name: string,
  storage: RxStorage<unknown, unknown>,
): Promise<ReplicaDatabase> {
  const database: ReplicaDatabase = await createRxDatabase({
    name,
    storage,
    multiInstance: false,
    eventReduce: true,
    closeDuplicates: true,
  });
  const creators = Object.fromEntries(
    openFamilies.map((family) => [family, { schema: { ...replicaSchema }, migrationStrategies: takeOver() }]),
  );
  await database.addCollections(creators);
  return database;
}

export function collectionOf(database: ReplicaDatabase, family: Family): ReplicaCollection {
  const collection = database.collections[family];
  if (!collection) throw new Error(`family ${family} has no table and no collection`);
  return collection;
}

/**
 * What `pick` takes of every row of a family. Asks the storage itself: RxDB would make a document of each row and keep it, which
 * for thousands of them blocks the page.
 */
export async function pickAll<T>(database: ReplicaDatabase, family: Family, pick: (doc: StoredDoc) => T): Promise<T[]> {
  const { storageInstance } = collectionOf(database, family);
  const everything = normalizeMangoQuery<ReplicaDoc>(storageInstance.schema, {
    selector: { _deleted: false } as never,
  });
  const { documents } = await storageInstance.query(prepareQuery(storageInstance.schema, everything));
  return documents.map(pick);
}

/** What names a row: its key and its two parts. */
export const nameOf = ({ key, type, id }: StoredDoc) => ({ key, type, id });

export const countRows = (database: ReplicaDatabase, family: Family): Promise<number> =>
  collectionOf(database, family).count().exec();
