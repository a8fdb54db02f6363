import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { asServer } from '../../db/as-actor.ts';
import type { Deps } from '../../deps.ts';
import { findDetails, type FileFacts } from './file-row.ts';
import { described, describedOpen } from './described.ts';
import { parseObjectName, readBucket, type ObjectName } from './object-name.ts';
import { objectKey } from './object-store.ts';
import { findPublic, findReadable, type Reader } from './read-right.ts';
import { refusalToNull } from './refusals.ts';
import { sendObject } from './send-object.ts';
import { readSigned } from './signed-reader.ts';
import { StorageRefusal } from './storage-errors.ts';
import type { Storage } from './storage.ts';

type Params = { bucket: string; '*': string };

/** The doors through which bytes go out: with a session, by a signed address made for one, or for everybody. */
export function readRoutes(app: FastifyInstance, deps: Deps, storage: Storage): void {
  const send = async (request: FastifyRequest, reply: FastifyReply, find: () => Promise<FileFacts | null>) => {
    const file = await find();
    const size = file && (await storage.objects.size(objectKey(file.bucket, file.id)));
    if (!file || size === null) throw new StorageRefusal('noSuchKey');
    const { download, versionId } = request.query as { download?: string; versionId?: string };
    if (versionId !== undefined) throw new StorageRefusal('noVersions');
    return sendObject(request, reply, {
      size,
      mime: file.mime,
      etag: file.sha256,
      modified: await changedAt(file),
      downloadName: download === undefined ? null : download || file.original_name,
      read: (range) => storage.objects.read(objectKey(file.bucket, file.id), range),
      mayGoOn: async () => (await find().catch(refusalToNull)) !== null,
    });
  };
  const changedAt = async ({ id }: FileFacts) => (await asServer(deps.server, (tx) => findDetails(tx, id))).updated_at;
  const asCaller = ({ actor, session }: FastifyRequest): Reader => ({ actor, sessionId: session.id });

  for (const prefix of ['/storage/v1/object', '/storage/v1/object/authenticated']) {
    app.get<{ Params: Params }>(
      `${prefix}/:bucket/*`,
      { ...described('An object, whole or in part'), exposeHeadRoute: true },
      async (request, reply) => {
        const name = nameOf(request.params);
        return send(request, reply, () => findReadable(deps, asCaller(request), name));
      },
    );
  }
  app.get<{ Params: Params }>(
    '/storage/v1/object/sign/:bucket/*',
    { ...describedOpen('An object by a signed address'), exposeHeadRoute: true },
    async (request, reply) => {
      const name = nameOf(request.params);
      return send(request, reply, async () =>
        findReadable(deps, await readSigned(deps, request, objectOf(name)), name),
      );
    },
  );
  app.get<{ Params: Params }>(
    '/storage/v1/object/public/:bucket/*',
    { ...describedOpen('An object of the public bucket'), exposeHeadRoute: true },
    async (request, reply) => {
      const name = nameOf(request.params);
      const file = await findPublic(deps, name);
      if (!file) throw new StorageRefusal('noSuchKey');
      const { cache_control } = await asServer(deps.server, (tx) => findDetails(tx, file.id));
      reply.header('cache-control', publicCaching(cache_control));
      return send(request, reply, async () => file);
    },
  );

  const describe = async (file: FileFacts | null) => {
    if (!file) throw new StorageRefusal('noSuchKey');
    const said = await asServer(deps.server, (tx) => findDetails(tx, file.id));
    return {
      id: file.id,
      version: file.id,
      name: file.path,
      bucket_id: file.bucket,
      size: file.bytes,
      content_type: file.mime,
      cache_control: said.cache_control ?? 'no-cache',
      etag: `"${file.sha256}"`,
      metadata: said.details ?? {},
      created_at: said.created_at,
      last_modified: said.updated_at,
    };
  };
  for (const prefix of ['/storage/v1/object/info', '/storage/v1/object/info/authenticated']) {
    app.get<{ Params: Params }>(
      `${prefix}/:bucket/*`,
      { ...described('What is known of an object'), exposeHeadRoute: true },
      async (request) => {
        const name = nameOf(request.params);
        return describe(await findReadable(deps, asCaller(request), name));
      },
    );
  }
  app.get<{ Params: Params }>(
    '/storage/v1/object/info/public/:bucket/*',
    describedOpen('What is known of a public object'),
    async (request) => describe(await findPublic(deps, nameOf(request.params))),
  );

  for (const kind of ['public', 'authenticated', 'sign']) {
    app.get(
      `/storage/v1/render/image/${kind}/:bucket/*`,
      describedOpen('Refused: pictures are served as they are'),
      async () => {
        throw new StorageRefusal('noTransform');
      },
    );
  }
}

export const objectOf = ({ bucket, path }: Pick<ObjectName, 'bucket' | 'path'>): string => `${bucket}/${path}`;

/** A name that cannot be is an object that is not there; only the bucket's name tells more. */
export function nameOf({ bucket, '*': path }: Params): ObjectName {
  readBucket(bucket);
  const name = parseObjectName(bucket, path);
  if (!name) throw new StorageRefusal('noSuchKey');
  return name;
}

/** For how long anybody may keep a public file: what its uploader said, an hour otherwise. */
function publicCaching(said: string | null): string {
  const seconds = /^(?:max-age=)?(\d{1,8})$/.exec(said ?? '')?.[1];
  return `public, max-age=${seconds ?? '3600'}`;
}

export type { Params };
