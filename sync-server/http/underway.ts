import type { FastifyInstance } from 'fastify';

/**
 * Makes a closing app wait for every handler that still runs. Without it, one whose caller has gone (a line cut in mid-push) outlives
 * the app, since no connection is left to wait for, and finds the database's connections ended. Call it before the first route.
 */
export function waitForHandlers(app: FastifyInstance): void {
  const underway = new Set<Promise<unknown>>();
  app.addHook('onRoute', (route) => {
    const { handler } = route;
    route.handler = function (request, reply) {
      const answer: unknown = handler.call(this, request, reply);
      if (!(answer instanceof Promise)) return answer;
      underway.add(answer);
      const left = (): void => void underway.delete(answer);
      answer.then(left, left);
      return answer;
    };
  });
  // How each of them ended was told where it was called.
  app.addHook('onClose', async () => void (await Promise.allSettled(underway)));
}
