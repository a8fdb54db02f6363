import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Deps } from '../deps.ts';
import { unreadiness } from '../http/health.ts';

export type OperatorDoor = { url: string; close(): Promise<void> };
type Answer = { status: number; body: string; type?: string };

const json = (status: number, body: unknown): Answer => ({
  status,
  body: JSON.stringify(body),
  type: 'application/json',
});

/**
 * Metrics and health on an address of their own, away from what people reach, for processes of every kind. Nothing is opened
 * unless METRICS_ADDRESS names a place; elsewhere than on this machine METRICS_KEY must be given and sent as a bearer token.
 */
export async function openOperatorDoor(deps: Deps): Promise<OperatorDoor | null> {
  const { METRICS_ADDRESS: address, METRICS_KEY: key } = deps.config;
  if (!address) return null;
  const server = createServer((request, response) => {
    void answer(deps, request, key)
      .catch((error: unknown) => {
        deps.log.error({ err: error }, 'failed');
        return json(500, { code: 'INTERNAL_ERROR' });
      })
      .then((given) => send(response, given));
  });
  const at = address.lastIndexOf(':');
  await listen(server, address.slice(0, at), Number(address.slice(at + 1)));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${address.slice(0, at)}:${port}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

async function answer(deps: Deps, { method, url, headers }: IncomingMessage, key: string | undefined): Promise<Answer> {
  if (method !== 'GET') return json(404, { code: 'NOT_FOUND' });
  if (url === '/health/live') return json(200, { status: 'ok' });
  if (url === '/health/ready') {
    const reason = await unreadiness(deps);
    return reason ? json(503, { code: reason.code, details: reason.details }) : json(200, { status: 'ok' });
  }
  if (url !== '/metrics') return json(404, { code: 'NOT_FOUND' });
  if (key && !isSame(headers.authorization ?? '', `Bearer ${key}`)) return json(401, { code: 'AUTH_REQUIRED' });
  const { register } = deps.metrics;
  return { status: 200, body: await register.metrics(), type: register.contentType };
}

/** Compared by hashes, so that neither length nor a common beginning shows in the time it takes. */
function isSame(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(a!, b!);
}

function send(response: ServerResponse, { status, body, type = 'text/plain' }: Answer): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}

const listen = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
