import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';
import type { Frame } from '#contract/protocol.ts';
import { tables } from '#contract/tables/index.ts';
import { docsLine } from '../../../../sync-server/sync/frames.ts';
import { makeDoc, type Kind } from './documents.ts';

/** Documents per frame, as the real server sends them. */
const pageSize = 500;

export type FrameServer = {
  url: string;
  /** Answers the next pulls with this many documents of one kind. */
  offer(kind: Kind, count: number): Promise<void>;
  close(): Promise<void>;
};

/**
 * Serves the measuring page and, as /sync/v1, the frames of a first pull made beforehand: in the real server's own lines and
 * compression, but with no database behind them, so that what is measured is the page.
 */
export async function startFrameServer(pageFolder: string): Promise<FrameServer> {
  let pull = Buffer.alloc(0);
  const live = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    request.resume();
    void answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://bench');
    if (pathname === '/sync/v1/pull') {
      response.writeHead(200, { 'content-type': ndjson, 'content-encoding': 'zstd' }).end(pull);
    } else if (pathname === '/sync/v1/stream') {
      live.add(response);
      response.writeHead(200, { 'content-type': ndjson });
      response.write([hello(0, 0), checkpoint(1)].join(''));
    } else if (pathname.startsWith('/sync/')) {
      response.writeHead(404).end();
    } else {
      const file = pathname === '/' ? 'index.html' : pathname.slice(1);
      const body = await readFile(path.join(pageFolder, file)).catch(() => null);
      if (!body) return void response.writeHead(404).end();
      response.writeHead(200, { 'content-type': file.endsWith('.js') ? 'text/javascript' : 'text/html' }).end(body);
    }
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async offer(kind, count) {
      pull = await compress(Buffer.from(framesOf(kind, count)), {
        params: { [constants.ZSTD_c_compressionLevel]: 1 },
      });
    },
    async close() {
      for (const response of live) response.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const ndjson = 'application/x-ndjson; charset=utf-8';
const compress = promisify(zstdCompress);
const serverTime = (): string => new Date().toISOString();
const frame = (fields: Frame): string => `${JSON.stringify(fields)}\n`;
const hello = (count: number | null, n?: number): string =>
  frame({ t: 'hello', protocol: 1, epoch: 'bench', server_time: serverTime(), count, lease_until: null, n });
const checkpoint = (n?: number): string => frame({ t: 'cp', cp: 'bench', server_time: serverTime(), n });

function framesOf(kind: Kind, count: number): string {
  const lines = [hello(count)];
  for (let from = 0; from < count; from += pageSize) {
    const size = Math.min(pageSize, count - from);
    const docs = Array.from({ length: size }, (_, at) => JSON.stringify(makeDoc(kind, from + at)));
    lines.push(docsLine(tables[kind].family, docs.join(',')));
  }
  return [...lines, frame({ t: 'ready' }), checkpoint()].join('');
}
