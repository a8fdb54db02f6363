import { join } from 'node:path';
import type { Upload } from '@tus/server';
import { uploadMetadataSchema } from '#contract/api/files.ts';
import { AppError } from '../../../http/errors.ts';
import { parseObjectName, type ObjectName } from '../object-name.ts';
import type { Storage } from '../storage.ts';
import type { StagedUpload } from './settle-upload.ts';
import { parseUploadId } from './upload-id.ts';

/** The place an upload is meant for, from its metadata. */
export function readName(metadata: Upload['metadata']): ObjectName {
  const parsed = uploadMetadataSchema.safeParse(metadata ?? {});
  const name = parsed.success ? parseObjectName(parsed.data.bucketName, parsed.data.objectName) : null;
  if (!name || (parsed.data?.fileId && parsed.data.fileId !== name.fileId)) {
    throw new AppError('INVALID_INPUT', { message: 'The object name does not fit.' });
  }
  return name;
}

/** An upload of ours as what is to become of it; throws for an id we did not make. */
export function stagedUpload({ staging }: Storage, upload: Pick<Upload, 'id' | 'metadata'>): StagedUpload {
  const key = parseUploadId(upload.id);
  if (!key) throw new AppError('NOT_FOUND');
  return { owner: key.owner, name: readName(upload.metadata), file: join(staging, upload.id) };
}
