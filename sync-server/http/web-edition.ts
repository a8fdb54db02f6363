import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { chooseEncoding, createCompressedFiles, type CompressedFiles } from './compressed-files.ts';
import { AppError } from './errors.ts';

const mimeTypes: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** Vite puts a hash of the content into these names, so they may be kept for ever. */
const hashedName = /^assets\/.+-[\w-]{8,}\.\w+$/;

/**
 * Serves the built renderer: `/` and the files beside it, nothing else. The app's routes live in the address's hash, so an
 * unknown path is simply not found.
 */
export function serveWebEdition(app: FastifyInstance, root: string): void {
  const options = { config: { access: 'anyone' as const }, schema: { hide: true } };
  const compressed = createCompressedFiles();
  app.get('/', options, (_request, reply) => sendFile(reply, compressed, root, 'index.html'));
  app.get<{ Params: { '*': string } }>('/*', options, (request, reply) =>
    sendFile(reply, compressed, root, request.params['*']),
  );
}

async function sendFile(
  reply: FastifyReply,
  compressed: CompressedFiles,
  root: string,
  name: string,
): Promise<FastifyReply> {
  const path = pathInside(root, name);
  const type = path && mimeTypes[extname(path).toLowerCase()];
  const facts = path && type ? await stat(path).catch(() => null) : null;
  if (!path || !type || !facts?.isFile()) throw new AppError('NOT_FOUND');
  const version = `${facts.size.toString(16)}-${Math.trunc(facts.mtimeMs).toString(16)}`;
  const etag = `W/"${version}"`;
  reply
    .header('etag', etag)
    .header('vary', 'origin, accept-encoding')
    .header('cache-control', hashedName.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache');
  const { headers } = reply.request;
  if (headers['if-none-match'] === etag) return reply.status(304).send();
  const encoding = chooseEncoding(type, headers['accept-encoding']);
  reply.type(type);
  if (encoding) return reply.header('content-encoding', encoding).send(await compressed.read(path, version, encoding));
  return reply.header('content-length', facts.size).send(createReadStream(path));
}

/** The file a request names, null when it would lie outside the folder, be hidden, or play tricks with separators. */
export function pathInside(root: string, name: string): string | null {
  const parts = name.split('/');
  if (name.includes('\0') || name.includes('\\') || parts.some((part) => part === '' || part.startsWith('.')))
    return null;
  const path = resolve(join(root, ...parts));
  return path.startsWith(resolve(root) + sep) ? path : null;
}
