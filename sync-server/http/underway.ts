import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** No statement of a person's request runs longer (`statement_timeout`). */
const longestMs = 30_000;

/**
 * Makes a closing app wait for every handler that still runs, `patienceMs` at most. Without it, one whose caller has gone (a line cut in
 * mid-push) outlives the app, since no connection is left to wait for, and finds the database's connections ended. Call it before the
 * first route.
 */
export function waitForHandlers(app: FastifyInstance, patienceMs = longestMs): void {
  const underway = new Map<Promise<unknown>, string>();
  app.addHook('onRoute', (route) => {
    const { handler, url } = route;
    route.handler = function (request, reply) {
      const answer: unknown = handler.call(this, request, reply);
      if (!(answer instanceof Promise)) return answer;
      underway.set(answer, url);
      const left = (): void => void underway.delete(answer);
      answer.then(left, left);
      return answer;
    };
  });
  app.addHook('onClose', async () => {
    const patience = new AbortController();
    const tooLong = sleep(patienceMs, 'too long', { signal: patience.signal }).catch(() => undefined);
    // How each of them ended was told where it was called.
    await Promise.race([Promise.allSettled(underway.keys()), tooLong]);
    patience.abort();
    if (underway.size > 0) app.log.error({ routes: [...underway.values()] }, 'requests did not end with the server');
  });
}
