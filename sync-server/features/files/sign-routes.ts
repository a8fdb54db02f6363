import type { FastifyInstance, FastifyRequest } from 'fastify';
import { signManyRequestSchema, signRequestSchema } from '#contract/api/files.ts';
import type { Deps } from '../../deps.ts';
import { parseObjectName, readBucket, readObjectName, type ObjectName } from './object-name.ts';
import { described } from './described.ts';
import { nameOf, objectOf, type Params } from './read-routes.ts';
import { findReadable } from './read-right.ts';
import { refusalToNull } from './refusals.ts';
import { parse } from './request-body.ts';
import { signGrantFor } from './signed-reader.ts';
import { StorageRefusal } from './storage-errors.ts';
import { checkUpload } from './uploads/upload-right.ts';

/** Makes signed addresses: for reading an object, one or many at once, and for bringing one. */
export function signRoutes(app: FastifyInstance, deps: Deps): void {
  const sign = async (request: FastifyRequest, name: ObjectName, seconds: number): Promise<string> => {
    const { actor, session } = request;
    if (!(await findReadable(deps, { actor, sessionId: session.id }, name))) throw new StorageRefusal('noSuchKey');
    return `/object/sign/${objectOf(name)}?token=${signGrantFor(deps, request, objectOf(name), seconds)}`;
  };
  app.post<{ Params: Params }>(
    '/storage/v1/object/sign/:bucket/*',
    described('A signed address for reading an object', signRequestSchema),
    async (request) => {
      const { expiresIn, transform } = parse(signRequestSchema, request.body);
      if (transform !== undefined) throw new StorageRefusal('noTransform');
      return { signedURL: await sign(request, nameOf(request.params), expiresIn) };
    },
  );
  app.post<{ Params: { bucket: string } }>(
    '/storage/v1/object/sign/:bucket',
    described('Signed addresses for many objects', signManyRequestSchema),
    async (request) => {
      const { expiresIn, paths } = parse(signManyRequestSchema, request.body);
      readBucket(request.params.bucket);
      return Promise.all(
        paths.map(async (path) => {
          const name = parseObjectName(request.params.bucket, path);
          const signedURL = name && (await sign(request, name, expiresIn).catch(refusalToNull));
          return {
            path,
            signedURL,
            error: signedURL ? null : 'Either the object does not exist or you do not have access to it',
          };
        }),
      );
    },
  );

  app.post<{ Params: Params }>(
    '/storage/v1/object/upload/sign/:bucket/*',
    described('A signed address for bringing an object'),
    async (request) => {
      const name = readObjectName(request.params.bucket, request.params['*']);
      const upsert = request.headers['x-upsert'] === 'true';
      const { actor, session } = request;
      await checkUpload(deps, { actor, session }, name, { bytes: null, upsert });
      const token = signGrantFor(deps, request, objectOf(name), undefined, upsert ? 'replace' : 'write');
      return { url: `/object/upload/sign/${objectOf(name)}?token=${token}`, token };
    },
  );
}
