import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { MediaStore } from '../services/media-store.ts';
import { contentSecurityPolicy } from './content-security-policy.ts';
import { appHost } from './origin.ts';
import { rangeHead } from './serve-range.ts';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
};

/** The file under `root` that an address means, or null when it would leave the folder. */
export function fileUnder(root: string, pathname: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return null; // not valid percent-encoding: no file can be meant
  }
  if (decoded.includes('\0')) return null;
  const file = path.resolve(root, `.${path.posix.normalize(`/${decoded.replaceAll('\\', '/')}`)}`);
  const inside = path.relative(root, file);
  return inside === '' || inside.startsWith('..') || path.isAbsolute(inside) ? null : file;
}

/** Answers `app://growthos/…`: the page's own files and the media kept on this device, and nothing else. */
export function answerApp(options: { root: string; media: MediaStore; serverUrl: () => string }) {
  return async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    if (url.host !== appHost) return plain(404, 'unknown host');
    if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'method not allowed');
    if (url.pathname.startsWith('/media/')) return options.media.serve(url.pathname.slice('/media/'.length), request);
    const file = fileUnder(options.root, url.pathname === '/' ? '/index.html' : url.pathname);
    const info = file ? await stat(file).catch(() => null) : null;
    if (!file || !info?.isFile()) return plain(404, 'not found');
    const head = rangeHead(request.headers.get('range'), info.size);
    const headers = new Headers({
      ...head.headers,
      'content-type': types[path.extname(file)] ?? 'application/octet-stream',
      'content-security-policy': contentSecurityPolicy(options.serverUrl()),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    if (head.status === 416 || request.method === 'HEAD') return new Response(null, { status: head.status, headers });
    const body = Readable.toWeb(createReadStream(file, head.range)) as ReadableStream;
    return new Response(body, { status: head.status, headers });
  };
}

const plain = (status: number, text: string): Response =>
  new Response(text, { status, headers: { 'content-type': 'text/plain', 'x-content-type-options': 'nosniff' } });
