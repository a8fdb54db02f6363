import { join } from 'node:path';
import type { Upload } from '@tus/server';
import { uploadMetadataSchema } from '#contract/api/files.ts';
import { AppError } from '../../../http/errors.ts';
import { readObjectName, type ObjectName } from '../object-name.ts';
import { StorageRefusal } from '../storage-errors.ts';
import type { Storage } from '../storage.ts';
import { parseUploadId } from './upload-id.ts';

/** Bytes that arrived whole and wait to become an object. */
export type StagedUpload = {
  owner: string;
  name: ObjectName;
  /** Where they lie. */
  file: string;
  /** The id a row made by the server gets. */
  fileId: string;
  upsert: boolean;
  /** The owner's device pushes the row; until it came, the bytes wait. */
  awaitsRow: boolean;
  cacheControl: string | null;
  details: Record<string, unknown> | null;
};

/** What an upload's metadata says about it. */
export type UploadPlan = Omit<StagedUpload, 'owner' | 'file' | 'fileId'>;

/** Reads the metadata of a resumable upload; throws what does not fit. */
export function readPlan(metadata: Upload['metadata']): UploadPlan {
  const parsed = uploadMetadataSchema.safeParse(metadata ?? {});
  if (!parsed.success) {
    // An unknown bucket has an answer of its own.
    readObjectName((metadata ?? {})['bucketName'], (metadata ?? {})['objectName']);
    throw new AppError('INVALID_INPUT', { message: 'The metadata of the upload does not fit.' });
  }
  const { bucketName, objectName, fileId, upsert, cacheControl, metadata: details } = parsed.data;
  const name = readObjectName(bucketName, objectName);
  if (fileId !== undefined && fileId !== name.fileId) throw new StorageRefusal('invalidKey');
  return {
    name,
    upsert: upsert === 'true',
    awaitsRow: fileId !== undefined,
    cacheControl: cacheControl ?? null,
    details: readDetails(details),
  };
}

/** The caller's own facts: a JSON object, or none. Throws for anything else. */
export function readDetails(json: string | undefined): Record<string, unknown> | null {
  if (json === undefined || json === '') return null;
  const wrong = new AppError('INVALID_INPUT', { message: 'The metadata of the file is no JSON object.' });
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw wrong;
  }
  // Text columns of Postgres hold no NUL.
  if (typeof value !== 'object' || value === null || Array.isArray(value) || json.includes('\\u0000')) throw wrong;
  if (json.length > 4000) throw new AppError('TOO_LARGE');
  return value as Record<string, unknown>;
}

/** An upload of ours as what is to become of it; throws for an id we did not make. */
export function stagedUpload({ staging }: Storage, upload: Pick<Upload, 'id' | 'metadata'>): StagedUpload {
  const key = parseUploadId(upload.id);
  if (!key) throw new AppError('NOT_FOUND');
  return { ...readPlan(upload.metadata), ...key, file: join(staging, upload.id) };
}
