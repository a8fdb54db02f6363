import { asActor, asServer } from '../../db/as-actor.ts';
import type { Deps } from '../../deps.ts';
import { AppError } from '../../http/errors.ts';
import { findLessonRight, purposeKey, type LessonRight } from '../files/index.ts';
import type { Reader } from '../files/index.ts';
import type { CaptionTrack } from './captions.ts';
import { openContentKey, type ContentKey } from './content-key.ts';

/** What the server knows of a lesson's recording. */
export type StoredMedia = {
  lessonId: string;
  provider: 'file' | 'bunny' | 'youtube' | 'vimeo' | 'url';
  fileId: string | null;
  mime: string | null;
  sha256: string | null;
  chunks: string[];
  bytes: number;
  durationSeconds: number | null;
  captions: CaptionTrack[];
  allowOffline: boolean;
  contentKey: ContentKey | null;
};

const refusals: Record<Exclude<LessonRight, 'open' | 'ahead'>, () => AppError> = {
  absent: () => new AppError('NOT_FOUND'),
  locked: () =>
    new AppError('PERMISSION_DENIED', { message: 'This lesson is not open.', details: { reason: 'locked' } }),
  restricted: () => new AppError('ACCOUNT_RESTRICTED'),
};

/**
 * The recording, if this person may have it at this moment: `play` needs an open lesson, `keep` also takes one that may be
 * kept ahead as ciphertext. Throws what the caller may know.
 */
export async function readLessonMedia(
  deps: Deps,
  { actor, sessionId }: Reader,
  lessonId: string,
  wish: 'play' | 'keep',
): Promise<StoredMedia> {
  const claims = { claims: { session_id: sessionId } };
  const right = await asActor(deps.people, actor, (tx) => findLessonRight(tx, actor, lessonId), claims);
  if (right === 'ahead' && wish === 'play') throw refusals.locked();
  if (right !== 'open' && right !== 'ahead') throw refusals[right]();
  const media = await findMedia(deps, lessonId);
  if (!media) throw new AppError('NOT_FOUND');
  return media;
}

/** Reads as the server, because keys and file ids are columns that no person's role may see. */
async function findMedia(deps: Deps, lessonId: string): Promise<StoredMedia | null> {
  const { rows } = await asServer(deps.server, (tx) =>
    tx.query<MediaRow>(
      `select provider, file_id, mime, sha256, chunk_sha256, bytes, duration_seconds, captions, allow_offline, content_key_enc
       from lesson_media where id = $1 and not is_deleted`,
      [lessonId],
    ),
  );
  const row = rows[0];
  if (!row) return null;
  return {
    lessonId,
    provider: row.provider,
    fileId: row.file_id,
    mime: row.mime,
    sha256: row.sha256,
    chunks: row.chunk_sha256,
    bytes: Number(row.bytes ?? 0),
    durationSeconds: row.duration_seconds,
    captions: row.captions,
    allowOffline: row.allow_offline,
    contentKey: row.content_key_enc && openContentKey(purposeKey(deps, 'lesson media'), lessonId, row.content_key_enc),
  };
}

type MediaRow = {
  provider: StoredMedia['provider'];
  file_id: string | null;
  mime: string | null;
  sha256: string | null;
  chunk_sha256: string[];
  bytes: number | null;
  duration_seconds: number | null;
  captions: CaptionTrack[];
  allow_offline: boolean;
  content_key_enc: Buffer | null;
};
