import { createHash, createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A bucket of S3 in memory, as far as storage uses it. It believes no request whose signature is not right. */
export type S3StandIn = {
  env: Record<'S3_ENDPOINT' | 'S3_REGION' | 'S3_BUCKET' | 'S3_ACCESS_KEY_ID' | 'S3_SECRET_ACCESS_KEY', string>;
  objects: Map<string, { bytes: Buffer; modified: Date }>;
  /** Uploads in parts that were begun and neither finished nor given up. */
  openUploads(): number;
  /** What was asked, in order: `PUT /key`, `POST /key?uploads`. */
  asked: string[];
  /** Answers the next requests with these statuses; 0 cuts the connection, 200 lets one pass. */
  failNext(...statuses: number[]): void;
  close(): Promise<void>;
};

const secret = { id: 'AKIASTANDIN', key: 'stand-in/secret+key' };
const bucket = 'academy-files';
const region = 'eu-central-1';

export async function startS3StandIn({ pageSize = 1000 } = {}): Promise<S3StandIn> {
  const objects: S3StandIn['objects'] = new Map();
  const uploads = new Map<string, Map<number, Buffer>>();
  const asked: string[] = [];
  const failures: number[] = [];

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url!, 'http://s3');
    const body = await buffer(request);
    const failure = failures.shift();
    if (failure === 0) return void request.socket.destroy();
    if (failure !== undefined && failure !== 200) return refuse(response, failure, 'SlowDown');
    const wrong = findFault(request, url, body);
    if (wrong) return refuse(response, 403, wrong);
    const [, name, ...rest] = url.pathname.split('/').map(decodeURIComponent);
    if (name !== bucket) return refuse(response, 404, 'NoSuchBucket');
    const key = rest.join('/');
    asked.push(`${request.method} /${key}${url.search}`);
    handle({ request, response, key, query: url.searchParams, body });
  };

  type Call = {
    request: IncomingMessage;
    response: ServerResponse;
    key: string;
    query: URLSearchParams;
    body: Buffer;
  };
  const handle = (call: Call): void => {
    const { request, response, key, query } = call;
    if (query.has('list-type')) return list(response, query);
    if (query.has('uploads') || query.has('uploadId')) return handleParts(call);
    const found = objects.get(key);
    if (request.method === 'PUT') return put(call);
    if (request.method === 'DELETE') {
      objects.delete(key);
      return void response.writeHead(204).end();
    }
    if (!found) return refuse(response, 404, 'NoSuchKey');
    const { bytes } = found;
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const part = range ? bytes.subarray(Number(range[1]), Number(range[2]) + 1) : bytes;
    response.writeHead(range ? 206 : 200, { 'content-length': part.length, etag: tagOf(bytes) });
    response.end(request.method === 'HEAD' ? undefined : part);
  };

  const put = ({ request, response, key, body }: Call): void => {
    const source = request.headers['x-amz-copy-source'];
    const bytes =
      typeof source === 'string' ? objects.get(decodeURIComponent(source).slice(bucket.length + 2))?.bytes : body;
    if (!bytes) return refuse(response, 404, 'NoSuchKey');
    objects.set(key, { bytes, modified: new Date() });
    response.writeHead(200, { etag: tagOf(bytes) }).end(source ? '<CopyObjectResult></CopyObjectResult>' : '');
  };

  const handleParts = ({ request, response, key, query, body }: Call): void => {
    if (query.has('uploads')) {
      const id = randomUUID();
      uploads.set(id, new Map());
      return void response.end(
        `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      );
    }
    const id = query.get('uploadId')!;
    const parts = uploads.get(id);
    if (!parts) return refuse(response, 404, 'NoSuchUpload');
    if (request.method === 'PUT') {
      parts.set(Number(query.get('partNumber')), body);
      return void response.writeHead(200, { etag: tagOf(body) }).end();
    }
    uploads.delete(id);
    if (request.method === 'DELETE') return void response.writeHead(204).end();
    const named = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>([^<]*)</g)];
    const fits = named.every(([, number, tag]) => tagOf(parts.get(Number(number))!) === tag);
    if (!fits || named.length !== parts.size) return refuse(response, 400, 'InvalidPart');
    const bytes = Buffer.concat(named.map(([, number]) => parts.get(Number(number))!));
    objects.set(key, { bytes, modified: new Date() });
    response.end('<CompleteMultipartUploadResult></CompleteMultipartUploadResult>');
  };

  const list = (response: ServerResponse, query: URLSearchParams): void => {
    const keys = [...objects.keys()].filter((key) => key.startsWith(query.get('prefix') ?? '')).toSorted();
    const from = keys.findIndex((key) => key > (query.get('continuation-token') ?? ''));
    const page = from < 0 ? [] : keys.slice(from, from + pageSize);
    const isCut = from >= 0 && from + pageSize < keys.length;
    const entries = page.map(
      (key) =>
        `<Contents><Key>${key.replaceAll('&', '&amp;')}</Key><LastModified>${objects.get(key)!.modified.toISOString()}</LastModified></Contents>`,
    );
    const next = isCut ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
    response.end(`<ListBucketResult><IsTruncated>${isCut}</IsTruncated>${next}${entries.join('')}</ListBucketResult>`);
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  // A connection that is given up just as the next request takes it would be a fault nobody asked for.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    env: {
      S3_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      S3_REGION: region,
      S3_BUCKET: bucket,
      S3_ACCESS_KEY_ID: secret.id,
      S3_SECRET_ACCESS_KEY: secret.key,
    },
    objects,
    asked,
    openUploads: () => uploads.size,
    failNext: (...statuses) => void failures.push(...statuses),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const tagOf = (bytes: Buffer): string => `"${createHash('md5').update(bytes).digest('hex')}"`;
const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');
const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' }).end(`<Error><Code>${code}</Code></Error>`);
}

/** Works the signature out again from the rules of SigV4, not with the library under test; null when it is right. */
function findFault(request: IncomingMessage, url: URL, body: Buffer): string | null {
  const said =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    );
  if (!said) return 'AccessDenied';
  const [, id, date, where, headers, signature] = said as unknown as string[];
  const stamp = String(request.headers['x-amz-date']);
  const at = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(Date.now() - at) < 15 * 60_000) || !stamp.startsWith(date!)) return 'RequestTimeTooSkewed';
  if (id !== secret.id || where !== region) return 'InvalidAccessKeyId';
  const hash = sha256(body);
  if (request.headers['x-amz-content-sha256'] !== hash) return 'XAmzContentSHA256Mismatch';
  const names = headers!.split(';');
  if (!['host', 'x-amz-content-sha256', 'x-amz-date'].every((name) => names.includes(name))) return 'AccessDenied';
  const canonical = [
    request.method,
    url.pathname.split('/').map(decodeURIComponent).map(encode).join('/'),
    [...url.searchParams]
      .map((pair) => pair.map(encode).join('='))
      .toSorted()
      .join('&'),
    ...names.map((name) => `${name}:${String(request.headers[name]).trim()}`),
    '',
    headers,
    hash,
  ].join('\n');
  const scope = `${date}/${region}/s3/aws4_request`;
  const key = [region, 's3', 'aws4_request'].reduce<Buffer>(hmac, hmac(`AWS4${secret.key}`, date!));
  const expected = hmac(key, ['AWS4-HMAC-SHA256', stamp, scope, sha256(canonical)].join('\n')).toString('hex');
  return expected === signature ? null : 'SignatureDoesNotMatch';
}

const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
