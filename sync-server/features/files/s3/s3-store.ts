import { open, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ByteRange } from '../byte-range.ts';
import type { ObjectStore, StoredObject } from '../object-store.ts';
import { s3Client, type Ask, type S3Settings } from './s3-client.ts';
import { readListing, readTag } from './s3-xml.ts';

/** S3 takes ten thousand parts of five megabytes and more. */
const usualPart = 16 * 1024 * 1024;

/**
 * Objects in a bucket of S3, or of anything that speaks its protocol. Nothing in it is public: the server hands out every byte.
 * Files up to `partBytes` travel in one request, longer ones in parts of it.
 */
export function s3Store(settings: S3Settings, partBytes = usualPart): ObjectStore {
  const ask = s3Client(settings);
  return {
    async put(key, finishedFile) {
      const { size } = await stat(finishedFile);
      await (size <= partBytes
        ? putWhole(ask, key, finishedFile, size)
        : putInParts(ask, key, finishedFile, { size, partBytes }));
      await rm(finishedFile, { force: true });
    },
    async copy(from, to) {
      const source = `/${settings.bucket}/${from.split('/').map(encodeURIComponent).join('/')}`;
      const answer = await ask('PUT', to, { headers: { 'x-amz-copy-source': source }, expect: [200] });
      // A copy that fails on the way is told of in the body of a 200.
      const body = await answer.text();
      if (body.includes('<Error>')) throw new Error(`S3 could not copy: ${readTag(body, 'Code')}`);
    },
    async size(key) {
      const answer = await ask('HEAD', key, { expect: [200, 404] });
      return answer.status === 404 ? null : Number(answer.headers.get('content-length'));
    },
    read: (key, range) => Readable.from(readBytes(ask, key, range), { objectMode: false }),
    async remove(key) {
      const answer = await ask('DELETE', key, { expect: [200, 204, 404] });
      await answer.body?.cancel();
    },
    list: (prefix) => listAll(ask, prefix),
  };
}

async function putWhole(ask: Ask, key: string, file: string, size: number): Promise<void> {
  const answer = await ask('PUT', key, { body: await readPart(file, 0, size), expect: [200] });
  await answer.body?.cancel();
}

/** S3's own resumable way: parts become the object at the end, in one step. What breaks off is thrown away. */
async function putInParts(
  ask: Ask,
  key: string,
  file: string,
  { size, partBytes }: { size: number; partBytes: number },
): Promise<void> {
  const begun = await ask('POST', key, { query: { uploads: '' }, expect: [200] });
  const uploadId = readTag(await begun.text(), 'UploadId');
  if (!uploadId) throw new Error('S3 opened no upload');
  try {
    const tags: string[] = [];
    for (let at = 0; at < size; at += partBytes) {
      const query = { partNumber: String(tags.length + 1), uploadId };
      const body = await readPart(file, at, Math.min(partBytes, size - at));
      const answer = await ask('PUT', key, { query, body, expect: [200] });
      tags.push(answer.headers.get('etag') ?? '');
      await answer.body?.cancel();
    }
    const parts = tags.map((tag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${tag}</ETag></Part>`);
    const body = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`);
    const done = await (await ask('POST', key, { query: { uploadId }, body, expect: [200] })).text();
    if (done.includes('<Error>')) throw new Error(`S3 could not put the parts together: ${readTag(done, 'Code')}`);
  } catch (error) {
    // The bucket's own rule for unfinished uploads takes what cannot be taken back now.
    await ask('DELETE', key, { query: { uploadId }, expect: [200, 204, 404] }).catch(() => undefined);
    throw error;
  }
}

async function readPart(file: string, from: number, length: number): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, from);
    if (bytesRead !== length) throw new Error('the file became shorter while it was sent');
    return buffer;
  } finally {
    await handle.close();
  }
}

async function* readBytes(ask: Ask, key: string, range?: ByteRange): AsyncGenerator<Uint8Array> {
  const headers: Record<string, string> = range ? { range: `bytes=${range.start}-${range.end}` } : {};
  const answer = await ask('GET', key, { headers, expect: range ? [206] : [200] });
  if (answer.body) yield* answer.body as AsyncIterable<Uint8Array>;
}

async function* listAll(ask: Ask, prefix: string): AsyncGenerator<StoredObject> {
  for (let token: string | null = ''; token !== null;) {
    const query = { 'list-type': '2', prefix, ...(token ? { 'continuation-token': token } : {}) };
    const page = readListing(await (await ask('GET', '', { query, expect: [200] })).text());
    yield* page.objects;
    token = page.next;
  }
}
