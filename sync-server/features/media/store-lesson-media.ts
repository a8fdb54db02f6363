import { createHash, randomBytes, randomUUID, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { mediaChunkBytes } from '#contract/api/media.ts';
import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { objectKey, openStorage, purposeKey, type Storage, type StorageConfig } from '../files/index.ts';
import { captionKey } from './captions.ts';
import { newContentKey, sealContentKey, type ContentKey } from './content-key.ts';
import { cipherFrom } from './media-cipher.ts';

export type LessonMediaOptions = {
  mime: string;
  durationSeconds: number;
  /** WebVTT texts. */
  captions?: { language: string; label: string; vtt: string }[];
  allowOffline?: boolean;
  /** Id of the `files` row; for a seed that must be the same each time. */
  fileId?: string;
};

/**
 * Puts a recording under a lesson: the file is kept encrypted with a key of its own, which makes the stored bytes and their
 * hashes those that devices keep. A file that was there before is replaced, and its key with it. The given file stays.
 */
export async function storeLessonMedia(
  deps: Pick<Deps, 'server' | 'serverKey'> & { config: StorageConfig },
  lessonId: string,
  filePath: string,
  options: LessonMediaOptions,
): Promise<void> {
  const storage = openStorage(deps);
  const contentKey = newContentKey();
  const fileId = options.fileId ?? randomUUID();
  const facts = await encryptInto(storage, filePath, objectKey('lesson-media', fileId), contentKey);
  for (const caption of options.captions ?? [])
    await putText(storage, captionKey(lessonId, caption.language), caption.vtt);
  const old = await asServer(deps.server, async (tx) => {
    const { rows } = await tx.query<{ file_id: string | null }>(
      'select file_id from lesson_media where id = $1 for update',
      [lessonId],
    );
    await insertFile(tx, lessonId, fileId, extname(filePath), options, facts);
    await putMediaRow(
      tx,
      lessonId,
      fileId,
      sealContentKey(purposeKey(deps, 'lesson media'), lessonId, contentKey),
      options,
      facts,
    );
    const previous = rows[0]?.file_id ?? null;
    if (previous && previous !== fileId)
      await tx.query("update files set status = 'deleted' where id = $1", [previous]);
    return previous === fileId ? null : previous;
  });
  if (old) await storage.objects.remove(objectKey('lesson-media', old));
}

type StoredFacts = { bytes: number; sha256: string; chunks: string[] };

async function encryptInto(
  storage: Storage,
  source: string,
  key: string,
  contentKey: ContentKey,
): Promise<StoredFacts> {
  const facts: StoredFacts = { bytes: 0, sha256: '', chunks: [] };
  const whole = createHash('sha256');
  const staged = await stagedFile(storage);
  await pipeline(
    createReadStream(source, { highWaterMark: mediaChunkBytes }),
    cipherFrom(contentKey, 0),
    async function* measure(bytes) {
      let piece: Hash = createHash('sha256');
      let inPiece = 0;
      for await (const chunk of bytes as AsyncIterable<Buffer>) {
        whole.update(chunk);
        facts.bytes += chunk.length;
        for (let at = 0; at < chunk.length;) {
          const part = chunk.subarray(at, at + mediaChunkBytes - inPiece);
          piece.update(part);
          at += part.length;
          inPiece += part.length;
          if (inPiece < mediaChunkBytes) continue;
          facts.chunks.push(piece.digest('hex'));
          piece = createHash('sha256');
          inPiece = 0;
        }
        yield chunk;
      }
      if (inPiece > 0) facts.chunks.push(piece.digest('hex'));
    },
    createWriteStream(staged, { mode: 0o600 }),
  ).catch(async (error: unknown) => {
    await rm(staged, { force: true });
    throw error;
  });
  await storage.objects.put(key, staged);
  return { ...facts, sha256: whole.digest('hex') };
}

async function putText(storage: Storage, key: string, text: string): Promise<void> {
  const staged = await stagedFile(storage);
  await writeFile(staged, text, { mode: 0o600 });
  await storage.objects.put(key, staged);
}

async function stagedFile({ staging }: Storage): Promise<string> {
  await mkdir(staging, { recursive: true, mode: 0o700 });
  return join(staging, `media_${randomBytes(16).toString('hex')}`);
}

async function insertFile(
  tx: Tx,
  lessonId: string,
  fileId: string,
  ending: string,
  { mime }: LessonMediaOptions,
  { bytes, sha256 }: StoredFacts,
): Promise<void> {
  await tx.query(
    `insert into files (id, bucket, path, original_name, mime, bytes, sha256, status, linked_table, linked_id)
     values ($1, 'lesson-media', $2, $3, $4, $5, $6, 'ready', 'lesson_media', $7)
     on conflict (id) do update set mime = excluded.mime, bytes = excluded.bytes, sha256 = excluded.sha256, status = 'ready'`,
    [fileId, `lessons/${lessonId}/${fileId}${ending}`, `recording${ending}`, mime, bytes, sha256, lessonId],
  );
}

async function putMediaRow(
  tx: Tx,
  lessonId: string,
  fileId: string,
  sealedKey: Buffer,
  { mime, durationSeconds, captions = [], allowOffline = true }: LessonMediaOptions,
  { bytes, sha256, chunks }: StoredFacts,
): Promise<void> {
  await tx.query(
    `insert into lesson_media
       (id, provider, content_key_enc, file_id, mime, sha256, chunk_sha256, bytes, duration_seconds, captions, allow_offline)
     values ($1, 'file', $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (id) do update set
       provider = 'file', url_enc = null, content_key_enc = excluded.content_key_enc, file_id = excluded.file_id,
       mime = excluded.mime, sha256 = excluded.sha256, chunk_sha256 = excluded.chunk_sha256, bytes = excluded.bytes,
       duration_seconds = excluded.duration_seconds, captions = excluded.captions, allow_offline = excluded.allow_offline`,
    [
      ...[lessonId, sealedKey, fileId, mime, sha256, JSON.stringify(chunks), bytes, durationSeconds],
      ...[JSON.stringify(captions.map(({ language, label }) => ({ language, label }))), allowOffline],
    ],
  );
  await tx.query('update available_lessons set has_media = true where id = $1 and not has_media', [lessonId]);
}
