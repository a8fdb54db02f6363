import { v7 as uuidv7 } from 'uuid';
import { storagePath } from '#contract/api/files.ts';
import { folderFor } from '#contract/rules/file-places.ts';
import type { UploadRow } from '../device-database.ts';
import type { AttachTarget, DocOf } from '../types.ts';

/** What a picked file becomes: an upload that waits, the `files` row that tells the server of it, and its bytes. */
export type PickedFile = {
  upload: UploadRow;
  row: Partial<DocOf<'files'>> & { id: string };
  bytes: Uint8Array<ArrayBuffer>;
};

export async function readPicked(file: File, target: AttachTarget, ownerId: string, at: Date): Promise<PickedFile> {
  const id = uuidv7();
  const bytes = new Uint8Array(await file.arrayBuffer());
  const sha256 = hex(await crypto.subtle.digest('SHA-256', bytes));
  const mime = file.type || 'application/octet-stream';
  const path = storagePath({ folder: folderFor(target, ownerId), id, ending: endingOf(file.name) });
  return {
    upload: {
      file_id: id,
      bucket: target.bucket,
      path,
      mime,
      bytes: bytes.byteLength,
      state: 'waiting',
      upload_url: null,
      tries: 0,
      not_before: null,
      created_at: at.toISOString(),
    },
    row: {
      id,
      bucket: target.bucket,
      owner_id: ownerId,
      path,
      original_name: file.name.slice(0, 200),
      mime: mime.slice(0, 120),
      bytes: bytes.byteLength,
      sha256,
      status: 'local',
      linked_table: target.linked_table,
      linked_id: target.linked_id,
    },
    bytes,
  };
}

const endingOf = (name: string): string => /\.([a-z0-9]{1,8})$/i.exec(name)?.[1]?.toLowerCase() ?? 'bin';

const hex = (buffer: ArrayBuffer): string =>
  Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
