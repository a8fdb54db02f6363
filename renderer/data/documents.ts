import { wireDocSchema, type WireDoc } from '#contract/protocol.ts';
import { docKey, findTable, type Family } from '#contract/tables/index.ts';

/** A live document as the replica holds it, without RxDB's own fields. */
export type ReplicaDoc = { key: string; type: string; id: string; v: string } & Record<string, unknown>;

/** What names a row on the device: `key` is made of the other two. */
export type RowName = { key: string; type: string; id: string };

/** What the server has of a row, as far as this device knows; null = no such row for this person. */
export type Master = ReplicaDoc | null;

/** The family a document belongs to; undefined for a table of a newer server, which this app cannot show. */
export const familyOf = (type: string): Family | undefined => findTable(type)?.family;

/** A wire document, which is taken over, as a master: a tombstone is no row. Not copied, for a first sync makes thousands. */
export function masterOf(doc: WireDoc, key = docKey(doc.type, doc.id)): Master {
  if (doc._deleted) return null;
  if ('_deleted' in doc) delete doc._deleted;
  return Object.assign(doc, { key });
}

/** By hand for the thousands of documents of a first sync or a long queue; the schema is asked where this says no. */
export const isWireDoc = (doc: unknown): doc is WireDoc => {
  const { type, id, v } = (doc ?? {}) as Partial<WireDoc>;
  return (
    (typeof type === 'string' && typeof id === 'string' && typeof v === 'string') ||
    wireDocSchema.safeParse(doc).success
  );
};
