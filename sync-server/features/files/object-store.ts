import type { Readable } from 'node:stream';
import type { ByteRange } from './byte-range.ts';

/** One object as a listing tells of it. */
export type StoredObject = { key: string; modified: Date };

/**
 * Where finished bytes lie: a folder of this machine, or S3. Small on purpose: a key is made by us, never by a person, and an
 * object is written once and never changed.
 */
export type ObjectStore = {
  /** Takes over a finished local file as this object; it is whole under the key or not there at all. */
  put(key: string, finishedFile: string): Promise<void>;
  /** A second object with the bytes of the first. */
  copy(from: string, to: string): Promise<void>;
  /** Size in bytes; null when there is no such object. */
  size(key: string): Promise<number | null>;
  /** The stream fails when the object is gone or its store is. */
  read(key: string, range?: ByteRange): Readable;
  /** Removing what is not there is no error. */
  remove(key: string): Promise<void>;
  /** Every object whose key begins with the prefix, which ends with a slash. */
  list(prefix: string): AsyncIterable<StoredObject>;
};

/** The key of a file's bytes: made of our own ids only, so no name a person chose ever reaches the disk. */
export const objectKey = (bucket: string, fileId: string): string => `objects/${bucket}/${fileId.slice(-2)}/${fileId}`;
