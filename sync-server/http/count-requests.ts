import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Counter } from 'prom-client';
import type { Metrics } from '../metrics/metrics.ts';
import type { Sockets } from './sockets.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The code of the error this request was answered with. */
    refusedWith: string | null;
  }
  interface FastifyContextConfig {
    /** Its answer lasts as long as the reader stays, which is no duration of a request. */
    isLive?: boolean;
  }
}

/** The pattern of a route, never the address, which may carry a token. */
export const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? '(no route)';

/** Counts every answer, its duration and, over all connections, the bytes. */
export function countRequests(app: FastifyInstance, metrics: Metrics, sockets: Sockets): void {
  app.decorateRequest('refusedWith', null);
  app.addHook('onResponse', async (request, reply) => {
    const route = routeOf(request);
    // A method we know no route for is whatever the caller wrote.
    const method = request.is404 ? '(any)' : request.method;
    metrics.requests.inc({ route, method, status: reply.statusCode });
    if (!request.routeOptions.config.isLive) metrics.requestSeconds.observe({ route }, reply.elapsedTime / 1000);
    if (request.refusedWith) metrics.refusals.inc({ code: request.refusedWith });
  });
  new Counter({
    name: 'growth_http_bytes_total',
    help: 'Bytes on the connections of this process, heads included, TLS of a proxy left out.',
    labelNames: ['direction'],
    registers: [metrics.register],
    collect() {
      const { in: received, out: sent } = sockets.bytes();
      this.reset();
      this.inc({ direction: 'in' }, received);
      this.inc({ direction: 'out' }, sent);
    },
  });
}
