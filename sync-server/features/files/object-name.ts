import { storageBuckets, type StorageBucket } from '#contract/api/files.ts';
import { placeOf, type FoundPlace } from '#contract/rules/file-places.ts';
import { StorageRefusal } from './storage-errors.ts';

/** A parsed object name. */
export type ObjectName = {
  bucket: StorageBucket;
  path: string;
  folders: string[];
  /** The last part. */
  name: string;
  /** The id in the last part, where it is one: a device names a file by the id of its row. */
  fileId: string | null;
  /** In lower case. */
  ending: string;
};

const folder = /^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/;
const lastPart = /^[A-Za-z0-9_][A-Za-z0-9_ ()&+,=@.-]{0,119}\.([A-Za-z0-9]{1,8})$/;
const namedById = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.[a-z0-9]{1,8}$/;

/**
 * Reads a bucket and a path as they came from outside; null for everything that is not a plain name. Dots at the beginning or
 * in pairs, percent signs, backslashes, NUL, letters beyond ASCII, empty parts and absolute paths never pass, so nothing has to
 * be cleaned or normalised. No part of a path ever names anything on a disk: bytes lie under the id of their row.
 */
export function parseObjectName(bucket: unknown, path: unknown): ObjectName | null {
  const known = storageBuckets.find((name) => name === bucket);
  if (!known || typeof path !== 'string' || path.length > 400 || path.includes('..')) return null;
  const folders = path.split('/');
  const name = folders.pop() ?? '';
  const ending = lastPart.exec(name)?.[1]?.toLowerCase();
  if (!ending || folders.length === 0 || folders.length > 5 || !folders.every((part) => folder.test(part))) return null;
  return { bucket: known, path, folders, name, fileId: namedById.exec(name)?.[1] ?? null, ending };
}

/** The same for somebody who brings or names an object: throws what is wrong. */
export function readObjectName(bucket: unknown, path: unknown): ObjectName {
  readBucket(bucket);
  const name = parseObjectName(bucket, path);
  if (!name) throw new StorageRefusal('invalidKey');
  return name;
}

/** A bucket people may know of; throws NoSuchBucket. */
export function readBucket(bucket: unknown): StorageBucket {
  const known = storageBuckets.find((name) => name === bucket);
  if (!known) throw new StorageRefusal('noSuchBucket');
  return known;
}

/** The place an object lies in; null where nothing may lie. */
export const placeOfObject = ({ bucket, folders }: ObjectName): FoundPlace | null => placeOf(bucket, folders);
