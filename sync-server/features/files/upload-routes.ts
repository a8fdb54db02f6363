import type { FastifyInstance, FastifyRequest } from 'fastify';
import { storageBuckets } from '#contract/api/files.ts';
import { bucketRules } from '#contract/rules/files.ts';
import type { Deps } from '../../deps.ts';
import { readObjectName } from './object-name.ts';
import { described, describedOpen } from './described.ts';
import { objectOf, type Params } from './read-routes.ts';
import { admitSigned } from './signed-reader.ts';
import type { Storage } from './storage.ts';
import { receiveUpload } from './uploads/plain-upload.ts';
import { resumableUploads, uploadPath } from './uploads/resumable-uploads.ts';
import type { Uploader } from './uploads/upload-right.ts';
import { waitForRows } from './uploads/waiting-uploads.ts';

const tusAbilities = {
  'tus-resumable': '1.0.0',
  'tus-version': '1.0.0',
  'tus-extension': 'creation,creation-with-upload,expiration,termination',
  'tus-max-size': String(Math.max(...storageBuckets.map((bucket) => bucketRules[bucket].bytes))),
};

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
      ...described('A resumable upload (TUS 1.0.0)'),
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

  // What this server speaks, for clients that ask; pages of other origins get their preflight answered by the same.
  const told = { access: 'anyone', cors: { strictPreflight: false, preflightContinue: true } } as const;
  for (const url of [uploadPath, `${uploadPath}/:id`])
    app.options(url, { schema: { hide: true }, config: told }, (_request, reply) =>
      reply.headers(tusAbilities).code(204).send(),
    );

  const receive = async (request: FastifyRequest, admit: (object: string) => Promise<Uploader>, upsert: boolean) => {
    const { bucket, '*': path } = request.params as Params;
    const name = readObjectName(bucket, path);
    const uploader = await admit(objectOf(name));
    const id = await receiveUpload(deps, storage, waiting, request, { uploader, name, upsert });
    return { Id: id, Key: objectOf(name) };
  };
  const wantsUpsert = ({ headers }: FastifyRequest) => headers['x-upsert'] === 'true';
  const asCaller = (request: FastifyRequest) => async (): Promise<Uploader> => ({
    actor: request.actor,
    session: request.session,
  });
  app.post('/storage/v1/object/:bucket/*', described('Bring an object in one piece'), (request) =>
    receive(request, asCaller(request), wantsUpsert(request)),
  );
  // storage-js `update`: what lies under the name is replaced.
  app.put('/storage/v1/object/:bucket/*', described('Bring an object in place of the one under its name'), (request) =>
    receive(request, asCaller(request), true),
  );
  app.put(
    '/storage/v1/object/upload/sign/:bucket/*',
    describedOpen('Bring an object by a signed address'),
    (request) => {
      const use = wantsUpsert(request) ? 'replace' : 'write';
      return receive(request, (object) => admitSigned(deps, request, object, use), use === 'replace');
    },
  );
}
