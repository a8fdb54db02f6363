import { z } from 'zod';

/**
 * /storage/v1 as supabase-js and tus-js-client call it. An object is named by its bucket and its path inside the bucket;
 * the path's last part is `<file id>.<ending>`, so that an object and its `files` row find each other in any order of arrival.
 */
export const storageBuckets = ['student-documents', 'company-logos', 'attachments', 'assignment-submissions'] as const;
export type StorageBucket = (typeof storageBuckets)[number];

/** The bucket everybody may read, signed in or not. */
export const publicBucket = 'company-logos' satisfies StorageBucket;

/** A bucket for programs with the service key, which no person can see: another server of ours may keep its files in it. */
export const operatorBucket = 'growth-os';

/** Longest life of a signed address, in seconds (data model §4). */
export const signedUrlSeconds = 600;

/** Size of the pieces in which tus-js-client should send (supabase asks for exactly this). */
export const uploadChunkBytes = 6 * 1024 * 1024;

/** `Upload-Metadata` of a resumable upload; `fileId` must be the id in the path. */
export const uploadMetadataSchema = z.object({
  bucketName: z.enum(storageBuckets),
  objectName: z.string().min(1).max(400),
  contentType: z.string().max(120).optional(),
  /** `max-age` in seconds, or a whole Cache-Control value; counts for the public bucket only. */
  cacheControl: z.string().max(60).optional(),
  /** The caller's own facts about the file, as a JSON object. */
  metadata: z.string().max(4000).optional(),
  /** Given by an app that pushes the file's row itself: then the upload waits for that row. Left out, the server makes it. */
  fileId: z.uuid().optional(),
  /** `true`: takes the place of an own file that nothing names. */
  upsert: z.string().max(5).optional(),
});

/** Body of `POST /storage/v1/object/sign/<bucket>/<path>`; more than ten minutes is cut to ten. */
export const signRequestSchema = z.object({ expiresIn: z.int().min(1), transform: z.unknown().optional() });
/** Body of `POST /storage/v1/object/sign/<bucket>`: one answer per path, each with its own error. */
export const signManyRequestSchema = signRequestSchema.extend({ paths: z.array(z.string().max(400)).min(1).max(100) });
/** Body of `DELETE /storage/v1/object/<bucket>`. */
export const removeRequestSchema = z.object({ prefixes: z.array(z.string().max(400)).min(1).max(1000) });

/** Body of `POST /storage/v1/object/move` and `…/copy`. */
export const moveRequestSchema = z.object({
  bucketId: z.string().max(100),
  sourceKey: z.string().max(400),
  destinationKey: z.string().max(400),
  destinationBucket: z.string().max(100).nullish(),
});

const order = z.enum(['asc', 'desc']).default('asc');
/** Body of `POST /storage/v1/object/list/<bucket>`: one folder, folders first. */
export const listRequestSchema = z.object({
  prefix: z.string().max(400).default(''),
  limit: z.int().min(1).max(1000).default(100),
  offset: z.int().min(0).max(1_000_000).default(0),
  /** Part of a name, in any case. */
  search: z.string().max(100).default(''),
  sortBy: z
    .object({ column: z.enum(['name', 'created_at', 'updated_at', 'last_accessed_at']).default('name'), order })
    .default({ column: 'name', order: 'asc' }),
});
export type ListRequest = z.infer<typeof listRequestSchema>;

/** Body of `POST /storage/v1/object/list-v2/<bucket>`: everything below a prefix, or one folder of it, page by page. */
export const listV2RequestSchema = z.object({
  prefix: z.string().max(400).default(''),
  limit: z.int().min(1).max(1000).default(1000),
  /** `nextCursor` of the page before. */
  cursor: z.string().max(1000).nullish(),
  with_delimiter: z.boolean().default(false),
  sortBy: z
    .object({ column: z.enum(['name', 'created_at', 'updated_at']).default('name'), order })
    .default({ column: 'name', order: 'asc' }),
});
export type ListV2Request = z.infer<typeof listV2RequestSchema>;

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
