import type { FastifyInstance } from 'fastify';
import {
  lessonDownloadResponseSchema,
  lessonMediaRequestSchema,
  lessonMediaResponseSchema,
} from '#contract/api/media.ts';
import { signedUrlSeconds } from '#contract/api/files.ts';
import type { Role } from '#contract/roles.ts';
import { asServer } from '../../db/as-actor.ts';
import type { Deps } from '../../deps.ts';
import type { Session } from '../../http/auth.ts';
import { addCommand, defineCommand, type CommandContext } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { signGrantFor, type Storage } from '../files/index.ts';
import { readCaptions } from './captions.ts';
import { findLeaseEnd } from './lease-end.ts';
import { readLessonMedia } from './lesson-media.ts';
import { mediaObject, type MediaPart } from './stream-routes.ts';

const viewers: Role[] = ['student', 'mentor', 'admin', 'superadmin'];

/** The two commands that hand out media. Neither is stored for replay: their answers hold keys and addresses. */
export function mediaCommands(app: FastifyInstance, deps: Deps, storage: Storage): void {
  /** The address the caller reached us at, so that media take the same way (a proxy, another port). */
  const origins = new WeakMap<Session, string>();
  app.addHook('preHandler', async (request) => {
    if (!request.signedIn) return;
    const known = deps.config.PUBLIC_URL ? new URL(deps.config.PUBLIC_URL) : null;
    origins.set(request.session, known?.host === request.host ? known.origin : `${request.protocol}://${request.host}`);
  });
  const address = (context: CommandContext, lessonId: string, part: MediaPart, tail: string = part): string => {
    const token = signGrantFor(deps, context, mediaObject(lessonId, part));
    return `${origins.get(context.session)}/media/v1/${lessonId}/${tail}?token=${token}`;
  };

  const play = defineCommand({
    name: 'lesson-media-url',
    summary: 'How to play a lesson that is open now',
    input: lessonMediaRequestSchema,
    output: lessonMediaResponseSchema,
    roles: viewers,
    writes: false,
    run: async (context, { lesson_id }) => {
      const media = await readLessonMedia(deps, readerOf(context), lesson_id, 'play');
      if (media.provider !== 'file') throw new AppError('NOT_FOUND', { message: 'This recording is not hosted here.' });
      const captions = await readCaptions(storage, lesson_id, media.captions);
      return {
        lesson_id,
        provider: media.provider,
        url: address(context, lesson_id, 'stream'),
        mime: media.mime,
        duration_seconds: media.durationSeconds,
        expires_at: new Date(context.now.getTime() + signedUrlSeconds * 1000).toISOString(),
        captions: captions.map((track) => ({
          ...track,
          url: address(context, lesson_id, 'captions', `captions/${track.language}.vtt`),
        })),
      };
    },
  });

  const keep = defineCommand({
    name: 'request-lesson-download',
    summary: 'What a device needs to keep a lesson for offline use',
    input: lessonMediaRequestSchema,
    output: lessonDownloadResponseSchema,
    roles: viewers,
    writes: false,
    run: async (context, { lesson_id }) => {
      const media = await readLessonMedia(deps, readerOf(context), lesson_id, 'keep');
      const { contentKey, chunks, mime } = media;
      if (!contentKey || !mime || chunks.length === 0)
        throw new AppError('NOT_FOUND', { message: 'This recording can only be streamed.' });
      if (!media.allowOffline)
        throw new AppError('PERMISSION_DENIED', {
          message: 'This recording may not be kept.',
          details: { reason: 'stream_only' },
        });
      await logDownload(context, lesson_id);
      return {
        lesson_id,
        url: address(context, lesson_id, 'cipher'),
        bytes: media.bytes,
        chunk_sha256: chunks,
        content_key: contentKey.key.toString('base64'),
        iv: contentKey.iv.toString('base64'),
        mime,
        valid_until: (await findLeaseEnd(deps, context.actor, lesson_id)).toISOString(),
        captions: await readCaptions(storage, lesson_id, media.captions),
      };
    },
  });

  addCommand(app, deps, play);
  addCommand(app, deps, keep);
}

const readerOf = ({ actor, session }: CommandContext) => ({ actor, sessionId: session.id });

/** A download that goes on asks for a new address every ten minutes; it is one download a day in the log. */
async function logDownload({ deps, actor, now }: CommandContext, lessonId: string): Promise<void> {
  if (actor.role !== 'student') return;
  await asServer(deps.server, (tx) =>
    tx.query(
      `insert into user_activity_logs (user_id, activity_type, reference_id, occurred_at)
       select $1, 'lesson_downloaded', $2, $3
       where not exists (
         select from user_activity_logs
         where user_id = $1 and activity_type = 'lesson_downloaded' and reference_id = $2
           and occurred_at > $3::timestamptz - interval '1 day')`,
      [actor.id, lessonId, now],
    ),
  );
}
