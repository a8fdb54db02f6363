import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import { AppError } from '../../http/errors.ts';
import { objectKey, readSigned, refusalToNull, sendObject, type Storage } from '../files/index.ts';
import { captionKey } from './captions.ts';
import { readLessonMedia, type StoredMedia } from './lesson-media.ts';
import { cipherFrom } from './media-cipher.ts';

/** What a signed address of media is for: playing now, keeping the ciphertext, or reading the captions. */
export type MediaPart = 'stream' | 'cipher' | 'captions';
export const mediaObject = (lessonId: string, part: MediaPart): string => `lesson/${lessonId}/${part}`;

const route = (summary: string) => ({
  config: { access: 'anyone' as const },
  schema: { tags: ['media'], summary, security: [] },
});
type Params = { lesson: string; language: string };

/** The bytes of lessons. Each request, each Range and each second of a running answer asks for the right again. */
export function streamRoutes(app: FastifyInstance, deps: Deps, storage: Storage): void {
  const open = async (request: FastifyRequest, part: MediaPart): Promise<StoredMedia> => {
    const lessonId = z.uuid().safeParse((request.params as Params).lesson);
    if (!lessonId.success) throw new AppError('NOT_FOUND');
    const reader = await readSigned(deps, request, mediaObject(lessonId.data, part));
    return readLessonMedia(deps, reader, lessonId.data, part === 'cipher' ? 'keep' : 'play');
  };

  const sendMedia = async (request: FastifyRequest, reply: FastifyReply, part: 'stream' | 'cipher') => {
    const media = await open(request, part);
    const { fileId, contentKey, sha256 } = media;
    if (!fileId || !contentKey) throw new AppError('NOT_FOUND');
    const key = objectKey('lesson-media', fileId);
    const size = await storage.objects.size(key);
    if (size === null) throw new AppError('NOT_FOUND');
    return sendObject(request, reply, {
      size,
      mime: part === 'stream' ? (media.mime ?? 'application/octet-stream') : 'application/octet-stream',
      etag: `${sha256}-${part}`,
      downloadName: null,
      read: (range) => {
        const stored = storage.objects.read(key, range);
        if (part === 'cipher') return stored;
        const plain = cipherFrom(contentKey, range.start);
        stored.on('error', (error) => plain.destroy(error));
        plain.on('close', () => stored.destroy());
        return stored.pipe(plain);
      },
      mayGoOn: async () => (await open(request, part).catch(refusalToNull)) !== null,
    });
  };
  app.get('/media/v1/:lesson/stream', route('A recording, by a signed address'), (request, reply) =>
    sendMedia(request, reply, 'stream'),
  );
  app.get('/media/v1/:lesson/cipher', route('A recording as ciphertext, to be kept'), (request, reply) =>
    sendMedia(request, reply, 'cipher'),
  );

  app.get<{ Params: Params }>(
    '/media/v1/:lesson/captions/:language.vtt',
    route('Captions of a recording'),
    async (request, reply) => {
      const media = await open(request, 'captions');
      const track = media.captions.find(({ language }) => language === request.params.language);
      if (!track) throw new AppError('NOT_FOUND');
      const key = captionKey(media.lessonId, track.language);
      const size = await storage.objects.size(key);
      if (size === null) throw new AppError('NOT_FOUND');
      return sendObject(request, reply, {
        size,
        mime: 'text/vtt',
        etag: `${media.sha256}-${track.language}`,
        downloadName: null,
        read: (range) => storage.objects.read(key, range),
        mayGoOn: async () => true,
      });
    },
  );
}
