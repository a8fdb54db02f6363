import type { FastifyInstance } from 'fastify';
import { moveRequestSchema, removeRequestSchema } from '#contract/api/files.ts';
import type { Deps } from '../../deps.ts';
import { logError } from '../../http/errors.ts';
import { browseRoutes } from './browse-routes.ts';
import { copyFile, moveFile } from './move-files.ts';
import { described } from './described.ts';
import { operatorObjects } from './operator-objects.ts';
import { parseObjectName, readBucket, readObjectName, type ObjectName } from './object-name.ts';
import { nameOf, objectOf, readRoutes, type Params } from './read-routes.ts';
import { removeFiles } from './remove-files.ts';
import { parse } from './request-body.ts';
import { signRoutes } from './sign-routes.ts';
import { StorageRefusal, storageError, toStorageFault } from './storage-errors.ts';
import { openStorage, type Storage } from './storage.ts';
import { uploadRoutes } from './upload-routes.ts';

/** /storage/v1, in Supabase's protocol. */
export async function routes(app: FastifyInstance, deps: Deps): Promise<void> {
  const storage = openStorage(deps);
  app.setErrorHandler((thrown, request, reply) => {
    const error = toStorageFault(thrown);
    logError(request, error);
    const { status, body } = storageError(error);
    if (error.retryAfter !== undefined) reply.header('retry-after', error.retryAfter);
    return reply.status(status).send(body);
  });
  await app.register(async (scope) => uploadRoutes(scope, deps, storage));
  await app.register(async (scope) => readRoutes(scope, deps, storage));
  operatorObjects(app, deps, storage);
  signRoutes(app, deps);
  browseRoutes(app, deps);
  changeRoutes(app, deps, storage);
}

/** Removing, moving and copying: what happens to objects without new bytes. */
function changeRoutes(app: FastifyInstance, deps: Deps, storage: Storage): void {
  app.delete<{ Params: { bucket: string } }>(
    '/storage/v1/object/:bucket',
    described('Remove own objects that nothing names', removeRequestSchema),
    async (request) => {
      const { prefixes } = parse(removeRequestSchema, request.body);
      readBucket(request.params.bucket);
      const names = prefixes
        .map((path) => parseObjectName(request.params.bucket, path))
        .filter((name) => name !== null);
      const removed = await removeFiles(deps, storage, request.actor, names);
      return removed.map(({ id, path, bucket }) => ({ id, name: path, bucket_id: bucket }));
    },
  );
  app.delete<{ Params: Params }>('/storage/v1/object/:bucket/*', described('Remove one object'), async (request) => {
    const removed = await removeFiles(deps, storage, request.actor, [nameOf(request.params)]);
    if (removed.length === 0) throw new StorageRefusal('noSuchKey');
    return { message: 'Successfully deleted' };
  });
  app.post(
    '/storage/v1/object/move',
    described('Give an object another name', moveRequestSchema),
    async ({ actor, session, body }) => {
      const [from, to] = readMove(body);
      const id = await moveFile(deps, storage, { actor, session }, [from, to]);
      return { message: 'Successfully moved', Id: id, Key: objectOf(to) };
    },
  );
  app.post(
    '/storage/v1/object/copy',
    described('Copy an object', moveRequestSchema),
    async ({ actor, session, body }) => {
      const [from, to] = readMove(body);
      const id = await copyFile(deps, storage, { actor, session }, [from, to]);
      return { Id: id, Key: objectOf(to), id, name: to.path, bucket_id: to.bucket };
    },
  );
}

function readMove(body: unknown): [ObjectName, ObjectName] {
  const { bucketId, sourceKey, destinationKey, destinationBucket } = parse(moveRequestSchema, body);
  const from = nameOf({ bucket: bucketId, '*': sourceKey });
  return [from, readObjectName(destinationBucket ?? bucketId, destinationKey)];
}
