import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { signManyRequestSchema, signRequestSchema } from '#contract/api/files.ts';
import type { Deps } from '../../deps.ts';
import { AppError } from '../../http/errors.ts';
import { parseObjectName, type ObjectName } from './object-name.ts';
import { objectKey } from './object-store.ts';
import { findReadable, type Reader } from './read-right.ts';
import { refusalToNull } from './refusals.ts';
import { sendObject } from './send-object.ts';
import { readSigned, signGrantFor } from './signed-reader.ts';
import type { Storage } from './storage.ts';

type Params = { bucket: string; '*': string };

/** The doors through which bytes go out: with a session, or by a signed address made for one. */
export function readRoutes(app: FastifyInstance, deps: Deps, storage: Storage): void {
  const send = async (
    request: FastifyRequest,
    reply: FastifyReply,
    name: ObjectName,
    reader: () => Promise<Reader>,
  ) => {
    const file = await findReadable(deps, await reader(), name);
    const size = file && (await storage.objects.size(objectKey(file.bucket, file.id)));
    if (!file || size === null) throw new AppError('NOT_FOUND');
    const { download } = request.query as { download?: string };
    return sendObject(request, reply, {
      size,
      mime: file.mime,
      etag: file.sha256,
      downloadName: download === undefined ? null : download || file.original_name,
      read: (range) => storage.objects.read(objectKey(file.bucket, file.id), range),
      mayGoOn: async () => {
        const still = await reader()
          .then((now) => findReadable(deps, now, name))
          .catch(refusalToNull);
        return still !== null;
      },
    });
  };

  for (const prefix of ['/storage/v1/object', '/storage/v1/object/authenticated']) {
    app.get<{ Params: Params }>(`${prefix}/:bucket/*`, hidden, async (request, reply) => {
      const { actor, session } = request;
      return send(request, reply, nameOf(request.params), async () => ({ actor, sessionId: session.id }));
    });
  }
  app.get<{ Params: Params }>(
    '/storage/v1/object/sign/:bucket/*',
    { ...hidden, config: { access: 'anyone' } },
    async (request, reply) => {
      const name = nameOf(request.params);
      return send(request, reply, name, () => readSigned(deps, request, objectOf(name)));
    },
  );

  const sign = async (request: FastifyRequest, name: ObjectName, seconds: number): Promise<string> => {
    const { actor, session } = request;
    if (!(await findReadable(deps, { actor, sessionId: session.id }, name))) throw new AppError('NOT_FOUND');
    return `/object/sign/${objectOf(name)}?token=${signGrantFor(deps, request, objectOf(name), seconds)}`;
  };
  app.post<{ Params: Params }>('/storage/v1/object/sign/:bucket/*', hidden, async (request) => {
    const { expiresIn } = parse(signRequestSchema, request.body);
    return { signedURL: await sign(request, nameOf(request.params), expiresIn) };
  });
  app.post<{ Params: { bucket: string } }>('/storage/v1/object/sign/:bucket', hidden, async (request) => {
    const { expiresIn, paths } = parse(signManyRequestSchema, request.body);
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
  });
}

const hidden = { schema: { hide: true }, exposeHeadRoute: true } as const;
export const objectOf = ({ bucket, path }: ObjectName): string => `${bucket}/${path}`;

function nameOf({ bucket, '*': path }: Params): ObjectName {
  const name = parseObjectName(bucket, path);
  if (!name) throw new AppError('NOT_FOUND');
  return name;
}

export function parse<T>(
  schema: { safeParse(value: unknown): { success: true; data: T } | { success: false } },
  value: unknown,
): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new AppError('INVALID_INPUT');
  return parsed.data;
}
