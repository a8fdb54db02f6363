import { z } from 'zod';

/** Media are cut, hashed and fetched in pieces of 4 MB (workflows 3.16). */
export const mediaChunkBytes = 4 * 1024 * 1024;

/** Input of both media commands. Refused with PERMISSION_DENIED (locked) or ACCOUNT_RESTRICTED. */
export const lessonMediaRequestSchema = z.strictObject({ lesson_id: z.uuid() });

/** A caption track with its text (WebVTT), so that a player needs no second origin for it. */
export const captionTextSchema = z.object({ language: z.string(), label: z.string(), vtt: z.string().max(500_000) });

/**
 * Answer of `lesson-media-url`: how to play a lesson that is open now.
 * `file`: `url` streams from this server with Range for ten minutes and asks the right on every request; when it answers 401
 * or 403 ask again. Other providers: `url` is the provider's own page or file.
 */
export const lessonMediaResponseSchema = z.object({
  lesson_id: z.uuid(),
  provider: z.enum(['file', 'bunny', 'youtube', 'vimeo', 'url']),
  url: z.url(),
  mime: z.string().nullable(),
  duration_seconds: z.number().nullable(),
  expires_at: z.iso.datetime(),
  captions: z.array(captionTextSchema.extend({ url: z.url() })),
});
export type LessonMediaResponse = z.infer<typeof lessonMediaResponseSchema>;

/**
 * Answer of `request-lesson-download`: what the desktop keeps (its `media.keep` takes it as it is).
 * `url` gives the ciphertext with Range for ten minutes; afterwards ask again and go on where it stopped.
 */
export const lessonDownloadResponseSchema = z.object({
  lesson_id: z.uuid(),
  url: z.url(),
  /** Size of the ciphertext, the same as of the media. */
  bytes: z.int().positive(),
  /** SHA-256 of each 4 MB piece of the ciphertext, hex. */
  chunk_sha256: z.array(z.string().length(64)).min(1),
  /** AES-256-CTR key and 16-byte initial counter, base64. They change when the lesson's file is replaced. */
  content_key: z.string(),
  iv: z.string(),
  mime: z.string().max(80),
  /** End of the offline lease: it may not play after this without contact. */
  valid_until: z.iso.datetime(),
  captions: z.array(captionTextSchema),
});
export type LessonDownloadResponse = z.infer<typeof lessonDownloadResponseSchema>;
