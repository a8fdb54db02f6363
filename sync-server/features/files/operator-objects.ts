import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { listRequestSchema, moveRequestSchema, operatorBucket, removeRequestSchema } from '#contract/api/files.ts';
import type { Deps } from '../../deps.ts';
import { byServiceKey } from '../../http/auth.ts';
import { parse } from './request-body.ts';
import { sendObject } from './send-object.ts';
import { StorageRefusal } from './storage-errors.ts';
import type { Storage } from './storage.ts';
import { readForm } from './uploads/form-body.ts';

/**
 * A private bucket for programs with the service key: another server may keep its files here (docs/operations.md). Plain keys and
 * bytes, no people and no rows; nobody else can tell that it is there.
 */
export function operatorObjects(app: FastifyInstance, { config }: Deps, storage: Storage): void {
  if (!config.SERVICE_KEY_HASH) return;
  const door = { ...byServiceKey, schema: { hide: true } };
  const { objects } = storage;

  app.get<{ Params: { id: string } }>('/storage/v1/bucket/:id', door, ({ params }) => {
    requireBucket(params.id);
    return { id: operatorBucket, name: operatorBucket, owner: '', public: false, type: 'STANDARD' };
  });
  for (const url of ['/storage/v1/object/:bucket/*', '/storage/v1/object/authenticated/:bucket/*'])
    app.get<{ Params: Named }>(url, { ...door, exposeHeadRoute: true }, (request, reply) =>
      send(request, reply, storage),
    );
  app.delete<{ Params: { bucket: string } }>('/storage/v1/object/:bucket', door, async ({ params, body }) => {
    requireBucket(params.bucket);
    const { prefixes } = parse(removeRequestSchema, body);
    for (const name of prefixes) await objects.remove(keyOf(name));
    return prefixes.map((name) => ({ name, bucket_id: operatorBucket }));
  });
  app.post('/storage/v1/object/copy', door, async ({ body }) => {
    const { bucketId, sourceKey, destinationKey } = parse(moveRequestSchema, body);
    requireBucket(bucketId);
    if ((await objects.size(keyOf(sourceKey))) === null) throw new StorageRefusal('noSuchKey');
    await objects.copy(keyOf(sourceKey), keyOf(destinationKey));
    return { Key: `${operatorBucket}/${destinationKey}` };
  });
  app.post<{ Params: { bucket: string } }>('/storage/v1/object/list/:bucket', door, async ({ params, body }) => {
    requireBucket(params.bucket);
    const { prefix, limit, offset } = parse(listRequestSchema, body);
    const lines = await readFolder(storage, prefix === '' ? '' : `${prefix}/`);
    return lines.slice(offset, offset + limit);
  });
  void app.register(async (bytes) => {
    bytes.removeAllContentTypeParsers();
    bytes.addContentTypeParser('*', (_request, _payload, done) => done(null));
    bytes.post<{ Params: Named }>('/storage/v1/object/:bucket/*', door, (request) => receive(request, storage));
  });
}

type Named = { bucket: string; '*': string };

function requireBucket(name: string): void {
  if (name !== operatorBucket) throw new StorageRefusal('noSuchBucket');
}

const part = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
/** Beside the academy's own objects, never among them. Throws for a name that is none. */
function keyOf(name: string): string {
  const parts = name.split('/');
  if (parts.length > 8 || !parts.every((one) => part.test(one))) throw new StorageRefusal('invalidKey');
  return `operators/${operatorBucket}/${name}`;
}

async function send(request: FastifyRequest, reply: FastifyReply, { objects }: Storage): Promise<FastifyReply> {
  const { bucket, '*': name } = request.params as Named;
  requireBucket(bucket);
  const key = keyOf(name);
  const size = await objects.size(key);
  if (size === null) throw new StorageRefusal('noSuchKey');
  return sendObject(request, reply, {
    ...{ size, mime: 'application/octet-stream', etag: `${size}-${name}`, downloadName: null },
    read: (range) => objects.read(key, range),
    mayGoOn: async () => true,
  });
}

/** Takes one whole object, raw or as a form; what is there already is only replaced when the caller says so. */
async function receive(request: FastifyRequest, { objects, staging }: Storage): Promise<{ Key: string }> {
  const { bucket, '*': name } = request.params as Named;
  requireBucket(bucket);
  const key = keyOf(name);
  if (request.headers['x-upsert'] !== 'true' && (await objects.size(key)) !== null) throw new StorageRefusal('exists');
  await mkdir(staging, { recursive: true, mode: 0o700 });
  const file = join(staging, `operator_plain_${randomBytes(16).toString('hex')}`);
  try {
    const type = request.headers['content-type'] ?? '';
    const bytes = type.startsWith('multipart/form-data') ? (await readForm(type, request.raw)).file : request.raw;
    await pipeline(bytes, createWriteStream(file, { mode: 0o600, flush: true }));
    await objects.put(key, file);
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
  return { Key: `${bucket}/${name}` };
}

/** The lines of one folder by name: objects with their key as id, folders below without one. */
async function readFolder({ objects }: Storage, folder: string) {
  const root = `operators/${operatorBucket}/${folder}`;
  const lines = new Map<string, { name: string; id: string | null; updated_at: string | null }>();
  for await (const { key, modified } of objects.list(root)) {
    const [name = '', ...below] = key.slice(root.length).split('/');
    const isFolder = below.length > 0;
    lines.set(name, { name, id: isFolder ? null : key, updated_at: isFolder ? null : modified.toISOString() });
  }
  return [...lines.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
