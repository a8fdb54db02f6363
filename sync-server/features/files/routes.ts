import type { FastifyInstance } from 'fastify';
import { removeRequestSchema } from '#contract/api/files.ts';
import type { Deps } from '../../deps.ts';
import { logError, toAppError } from '../../http/errors.ts';
import { parseObjectName } from './object-name.ts';
import { parse, readRoutes } from './read-routes.ts';
import { removeFiles } from './remove-files.ts';
import { storageError } from './storage-errors.ts';
import { openStorage } from './storage.ts';
import { uploadRoutes } from './upload-routes.ts';

/** /storage/v1, in Supabase's protocol. */
export async function routes(app: FastifyInstance, deps: Deps): Promise<void> {
  const storage = openStorage(deps);
  app.setErrorHandler((thrown, request, reply) => {
    const error = toAppError(thrown);
    logError(request, error);
    const { status, body } = storageError(error);
    return reply.status(status).send(body);
  });
  await app.register(async (scope) => uploadRoutes(scope, deps, storage));
  await app.register(async (scope) => readRoutes(scope, deps, storage));
  app.delete<{ Params: { bucket: string } }>(
    '/storage/v1/object/:bucket',
    { schema: { hide: true } },
    async (request) => {
      const { prefixes } = parse(removeRequestSchema, request.body);
      const names = prefixes
        .map((path) => parseObjectName(request.params.bucket, path))
        .filter((name) => name !== null);
      const removed = await removeFiles(deps, storage, request.actor, names);
      return removed.map(({ id, path, bucket }) => ({ id, name: path, bucket_id: bucket }));
    },
  );
}
