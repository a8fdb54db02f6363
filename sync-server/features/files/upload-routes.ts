import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Deps } from '../../deps.ts';
import { AppError } from '../../http/errors.ts';
import { parseObjectName } from './object-name.ts';
import type { Storage } from './storage.ts';
import { receiveUpload } from './uploads/plain-upload.ts';
import { resumableUploads, uploadPath } from './uploads/resumable-uploads.ts';
import { waitForRows } from './uploads/waiting-uploads.ts';

/** The doors through which bytes come in. Their bodies are read by the upload itself, never by fastify. */
export function uploadRoutes(app: FastifyInstance, deps: Deps, storage: Storage): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  const waiting = waitForRows(deps, storage);
  app.addHook('onClose', () => waiting.close());

  const resumable = resumableUploads(deps, storage, waiting);
  for (const url of [uploadPath, `${uploadPath}/:id`]) {
    app.route({
      method: ['POST', 'PATCH', 'HEAD', 'DELETE'],
      url,
      schema: { hide: true },
      handler: async (request, reply) => {
        reply.hijack();
        // Headers that hooks have set (request id, security) go along with tus' own answer.
        for (const [header, value] of Object.entries(reply.getHeaders()))
          if (value !== undefined) reply.raw.setHeader(header, value);
        try {
          await resumable.handle(request.raw, reply.raw, { actor: request.actor, session: request.session });
        } catch (error) {
          request.log.error({ err: error }, 'upload failed');
          reply.raw.destroy();
        }
      },
    });
  }

  const upload = async (request: FastifyRequest) => {
    const { bucket, '*': path } = request.params as { bucket: string; '*': string };
    const name = parseObjectName(bucket, path);
    if (!name) throw new AppError('INVALID_INPUT', { message: 'The object name does not fit.' });
    await receiveUpload(deps, storage, waiting, request, name);
    return { Id: name.fileId, Key: `${name.bucket}/${name.path}` };
  };
  app.route({ method: ['POST', 'PUT'], url: '/storage/v1/object/:bucket/*', schema: { hide: true }, handler: upload });
}
