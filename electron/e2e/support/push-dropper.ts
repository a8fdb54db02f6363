import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PushRequest, PushResponse } from '../../../sync-server/contract/protocol.ts';

/**
 * A server that lies: it relays everything, but answers every push with *applied* and drops it. A journey that still passes
 * behind it proves nothing.
 */
export async function startPushDropper(target: string): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? '/', target);
    if (incoming.method === 'POST' && url.pathname === '/sync/v1/push') {
      void bodyOf(incoming).then((body) => {
        const { ops } = JSON.parse(body) as PushRequest;
        const answer: PushResponse = {
          verdicts: ops.map(({ op }) => ({ op, s: 'ok', doc: null })),
          server_time: new Date().toISOString(),
        };
        outgoing.writeHead(200, {
          'content-type': 'application/json',
          'access-control-allow-origin': incoming.headers.origin ?? '*',
        });
        outgoing.end(JSON.stringify(answer));
      });
      return;
    }
    const relayed = request(url, { method: incoming.method, headers: incoming.headers }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    });
    relayed.on('error', () => outgoing.destroy());
    outgoing.on('close', () => relayed.destroy());
    incoming.pipe(relayed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
