import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isShownInPlace } from './file-kinds.ts';
import { parseRange, type ByteRange } from './byte-range.ts';

/** Something to send: its size and type, a validator that changes with its bytes, and where they come from. */
export type Sendable = {
  size: number;
  mime: string;
  /** Without quotes. */
  etag: string;
  /** When the object or its name last changed, where that is known; ISO 8601. */
  modified?: string;
  /** The name to save it under; null = shown in place where its type allows. */
  downloadName: string | null;
  read(range: ByteRange): Readable;
  /** Asked again while the bytes flow; false cuts the answer off. */
  mayGoOn(): Promise<boolean>;
};

/** How often the right is asked while one long answer runs. */
const askEveryMs = 1000;

/**
 * Answers GET and HEAD with 200, 206, 304 or 416. Private unless the caller has set `cache-control` already: nobody between may
 * keep it, and every reuse asks first.
 */
export function sendObject(request: FastifyRequest, reply: FastifyReply, object: Sendable): FastifyReply {
  const etag = `"${object.etag}"`;
  reply.headers({
    'accept-ranges': 'bytes',
    etag,
    'cache-control': reply.getHeader('cache-control') ?? 'private, no-cache',
    ...(object.modified ? { 'last-modified': new Date(object.modified).toUTCString() } : {}),
    'x-content-type-options': 'nosniff',
    'content-security-policy': policy(object.mime),
    'content-disposition': disposition(object),
  });
  if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send();
  const ifRange = request.headers['if-range'];
  const range = ifRange !== undefined && ifRange !== etag ? null : parseRange(request.headers.range, object.size);
  if (range === 'unsatisfiable') {
    return reply.code(416).header('content-range', `bytes */${object.size}`).send();
  }
  const { start, end } = range ?? { start: 0, end: object.size - 1 };
  if (range) reply.code(206).header('content-range', `bytes ${start}-${end}/${object.size}`);
  reply.headers({ 'content-type': withCharset(object.mime), 'content-length': end - start + 1 });
  // An empty stream and not nothing: for nothing fastify would announce a length of 0.
  if (request.method === 'HEAD') return reply.send(Readable.from([]));
  return reply.send(Readable.from(guarded(object.read({ start, end }), object.mayGoOn), { objectMode: false }));
}

/** Whether the caller already has these bytes: `If-None-Match` lists validators, compared weakly (RFC 9110 §13.1.2). */
const isKnown = (header: string | undefined, etag: string): boolean =>
  header !== undefined && header.split(',').some((one) => [etag, '*'].includes(one.trim().replace(/^W\//, '')));

/** Passes bytes on for as long as the right lasts: a film that is already flowing ends with the session too. */
async function* guarded(source: Readable, mayGoOn: () => Promise<boolean>): AsyncGenerator<Buffer> {
  let asked = performance.now();
  for await (const chunk of source) {
    if (performance.now() - asked >= askEveryMs) {
      if (!(await mayGoOn())) throw new Error('the right to read ended');
      asked = performance.now();
    }
    yield chunk as Buffer;
  }
}

/** An opened file may load and run nothing; a sandbox would also stop the browser's own PDF viewer, which runs no page script. */
const policy = (mime: string): string =>
  mime === 'application/pdf'
    ? "script-src 'none'"
    : "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'; sandbox";

const withCharset = (mime: string): string => (mime.startsWith('text/') ? `${mime}; charset=utf-8` : mime);

function disposition({ mime, downloadName }: Sendable): string {
  const kind = downloadName === null && isShownInPlace(mime) ? 'inline' : 'attachment';
  if (!downloadName) return kind;
  const plain = downloadName.replaceAll(/[^\w. -]/g, '_');
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(downloadName).replaceAll("'", '%27')}`;
}
