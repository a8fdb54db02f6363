import { openAsBlob } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { projectIsAway, type Asked, type Project } from '../../http/supabase-project.ts';
import type { ByteRange } from './byte-range.ts';
import type { ObjectStore, StoredObject } from './object-store.ts';

/** Bytes of a film may take as long as a request may last. */
const longMs = 300_000;
const page = 1000;

/**
 * Objects in one private bucket of a Supabase project, through its storage API and with its secret key. Nothing in it is public
 * there: this server hands out every byte and asks for the right each time.
 */
export function projectStore(project: Project): ObjectStore {
  const { bucket } = project;
  const ask = (path: string, asked?: Asked) => project.ask(`/storage/v1${path}`, asked);
  return {
    async put(key, finishedFile) {
      // Sent again after an answer that was lost, it is the same object.
      const headers = { 'content-type': 'application/octet-stream', 'x-upsert': 'true' };
      const body = await openAsBlob(finishedFile);
      await expectOk(await ask(`/object/${bucket}/${asPath(key)}`, { body, headers, timeoutMs: longMs }));
      await rm(finishedFile, { force: true });
    },
    async copy(from, to) {
      const body = { bucketId: bucket, sourceKey: from, destinationKey: to };
      await expectOk(await ask('/object/copy', { body, timeoutMs: longMs }));
    },
    async size(key) {
      const answer = await ask(`/object/authenticated/${bucket}/${asPath(key)}`, { method: 'HEAD' });
      // An object that is not there is 400 at some versions of the service and 404 at others; only the first has a page for both.
      if (answer.status === 404 || answer.status === 400) return null;
      await expectOk(answer);
      return Number(answer.headers.get('content-length'));
    },
    read: (key, range) =>
      Readable.from(readBytes(ask, `/object/authenticated/${bucket}/${asPath(key)}`, range), { objectMode: false }),
    async remove(key) {
      await expectOk(await ask(`/object/${bucket}`, { method: 'DELETE', body: { prefixes: [key] } }));
    },
    list: (prefix) => listFolder(ask, bucket, prefix.replace(/\/$/, '')),
  };
}

type Ask = (path: string, asked?: Asked) => Promise<Response>;

const asPath = (key: string): string => key.split('/').map(encodeURIComponent).join('/');

/** What the service refuses here is a fault of the configuration or of ours, never of the person who asks. */
async function expectOk(answer: Response): Promise<void> {
  if (answer.ok) return void (await answer.body?.cancel());
  const said = (await answer.text()).slice(0, 300);
  throw projectIsAway(new Error(`storage of the Supabase project answered ${answer.status}: ${said}`));
}

async function* readBytes(ask: Ask, path: string, range?: ByteRange): AsyncGenerator<Uint8Array> {
  const headers: Record<string, string> = range ? { range: `bytes=${range.start}-${range.end}` } : {};
  const answer = await ask(path, { headers, timeoutMs: longMs });
  if (answer.status !== (range ? 206 : 200)) return expectOk(new Response(answer.body, { status: 500 }));
  if (answer.body) yield* answer.body as AsyncIterable<Uint8Array>;
}

const listing = z.array(z.object({ name: z.string(), id: z.string().nullable(), updated_at: z.string().nullish() }));

/** The service lists one folder at a time; a line without an id is a folder below. */
async function* listFolder(ask: Ask, bucket: string, folder: string): AsyncGenerator<StoredObject> {
  for (let offset = 0; ; offset += page) {
    const body = { prefix: folder, limit: page, offset, sortBy: { column: 'name', order: 'asc' } };
    const answer = await ask(`/object/list/${bucket}`, { body });
    if (!answer.ok) return expectOk(answer);
    const entries = listing.parse(await answer.json());
    for (const { name, id, updated_at } of entries) {
      const key = `${folder}/${name}`;
      if (id === null) yield* listFolder(ask, bucket, key);
      else yield { key, modified: new Date(updated_at ?? 0) };
    }
    if (entries.length < page) return;
  }
}

/**
 * Sees that the bucket is there and private, and makes it where it is missing. Throws for a public one: whoever guessed a name could
 * read what only its reader may. A project that is away now is asked again by whoever needs a file.
 */
export async function prepareBucket(project: Project): Promise<void> {
  const { bucket } = project;
  const answer = await project.ask(`/storage/v1/bucket/${bucket}`);
  const found = (await answer.json().catch(() => null)) as { public?: boolean; statusCode?: string } | null;
  if (answer.ok && found?.public !== false)
    throw new Error(
      `The bucket ${bucket} of the Supabase project is public: make it private, or name another in SUPABASE_BUCKET.`,
    );
  if (answer.ok) return;
  if (answer.status !== 404 && found?.statusCode !== '404')
    throw new Error(`The Supabase project answers ${answer.status} for its storage: look at SUPABASE_SERVICE_KEY.`);
  await expectOk(await project.ask('/storage/v1/bucket', { body: { id: bucket, name: bucket, public: false } }));
}
