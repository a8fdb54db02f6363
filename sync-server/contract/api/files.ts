import { z } from 'zod';

/**
 * /storage/v1 as supabase-js and tus-js-client call it. An object is named by its bucket and its path inside the bucket;
 * the path's last part is `<file id>.<ending>`, so that an object and its `files` row find each other in any order of arrival.
 */
export const storageBuckets = ['student-documents', 'company-logos', 'attachments', 'assignment-submissions'] as const;
export type StorageBucket = (typeof storageBuckets)[number];

/** Longest life of a signed address, in seconds (data model §4). */
export const signedUrlSeconds = 600;

/** Size of the pieces in which tus-js-client should send (supabase asks for exactly this). */
export const uploadChunkBytes = 6 * 1024 * 1024;

/** `Upload-Metadata` of a resumable upload; `fileId` must be the id in the path. */
export const uploadMetadataSchema = z.object({
  bucketName: z.enum(storageBuckets),
  objectName: z.string().min(1).max(400),
  contentType: z.string().max(120).optional(),
  fileId: z.uuid().optional(),
});

/** Body of `POST /storage/v1/object/sign/<bucket>/<path>`; more than ten minutes is cut to ten. */
export const signRequestSchema = z.object({ expiresIn: z.int().min(1) });
/** Body of `POST /storage/v1/object/sign/<bucket>`: one answer per path, each with its own error. */
export const signManyRequestSchema = signRequestSchema.extend({ paths: z.array(z.string().max(400)).min(1).max(100) });
/** Body of `DELETE /storage/v1/object/<bucket>`. */
export const removeRequestSchema = z.object({ prefixes: z.array(z.string().max(400)).min(1).max(100) });

/** The body of every refusal of /storage/v1, as storage-js reads it. */
export const storageErrorSchema = z.object({
  statusCode: z.string(),
  error: z.string(),
  message: z.string(),
  code: z.string(),
});
export type StorageErrorBody = z.infer<typeof storageErrorSchema>;

/**
 * Where the bytes of a file belong (data model §4): own work under the student's id, own picture under `avatars/`.
 * The stored name is the file's id, never the name the person gave it.
 */
export function storagePath(file: { folder: string[]; id: string; ending: string }): string {
  return [...file.folder, `${file.id}.${file.ending}`].join('/');
}
