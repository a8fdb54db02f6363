import type { FastifyInstance } from 'fastify';
import { listRequestSchema, listV2RequestSchema, publicBucket, storageBuckets } from '#contract/api/files.ts';
import { bucketRules } from '#contract/rules/files.ts';
import { asActor } from '../../db/as-actor.ts';
import type { Deps } from '../../deps.ts';
import { described } from './described.ts';
import { listFolder, listPage } from './list-objects.ts';
import { readBucket } from './object-name.ts';
import { parse } from './request-body.ts';
import { StorageRefusal } from './storage-errors.ts';

/** Looking around: the buckets, which are fixed, and what a person sees in them. */
export function browseRoutes(app: FastifyInstance, deps: Deps): void {
  app.get<{ Querystring: Record<string, string | undefined> }>(
    '/storage/v1/bucket',
    described('Buckets'),
    async ({ query }) => {
      const { search = '', limit = '100', offset = '0', sortOrder } = query;
      const found = storageBuckets.filter((name) => name.includes(search)).toSorted();
      if (sortOrder === 'desc') found.reverse();
      return found
        .slice(Number(offset) || 0)
        .slice(0, Number(limit) || 100)
        .map(describeBucket);
    },
  );
  app.get<{ Params: { bucket: string } }>('/storage/v1/bucket/:bucket', described('One bucket'), async ({ params }) =>
    describeBucket(readBucket(params.bucket)),
  );
  for (const [method, url] of [
    ['POST', '/storage/v1/bucket'],
    ['PUT', '/storage/v1/bucket/:bucket'],
    ['DELETE', '/storage/v1/bucket/:bucket'],
    ['POST', '/storage/v1/bucket/:bucket/empty'],
  ] as const) {
    app.route({
      ...described('Refused: the buckets are fixed'),
      method,
      url,
      handler: async () => {
        throw new StorageRefusal('fixedBuckets');
      },
    });
  }

  app.post<{ Params: { bucket: string } }>(
    '/storage/v1/object/list/:bucket',
    described('One folder', listRequestSchema),
    async (request) => {
      const wanted = parse(listRequestSchema, request.body);
      const bucket = readBucket(request.params.bucket);
      return asActor(deps.people, request.actor, (tx) => listFolder(tx, bucket, wanted));
    },
  );
  app.post<{ Params: { bucket: string } }>(
    '/storage/v1/object/list-v2/:bucket',
    described('Everything below a prefix, or one folder, in pages', listV2RequestSchema),
    async (request) => {
      const wanted = parse(listV2RequestSchema, request.body);
      const bucket = readBucket(request.params.bucket);
      return asActor(deps.people, request.actor, (tx) => listPage(tx, bucket, wanted));
    },
  );
}

/** The buckets came with the product and belong to nobody. */
const since = '2026-01-01T00:00:00.000Z';

const describeBucket = (name: (typeof storageBuckets)[number]) => ({
  id: name,
  name,
  type: 'STANDARD',
  owner: '',
  public: name === publicBucket,
  file_size_limit: bucketRules[name].bytes,
  allowed_mime_types: bucketRules[name].types,
  created_at: since,
  updated_at: since,
});
