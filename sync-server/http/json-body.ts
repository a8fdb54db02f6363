import type { FastifyInstance } from 'fastify';

/**
 * supabase-js announces JSON and then sends nothing, as at sign-out: that is no body, not a broken one. A body with a key that
 * reaches into prototypes is refused, or (`remove`) read without it.
 */
export function acceptEmptyJson(app: FastifyInstance, prototypeKeys: 'error' | 'remove' = 'error'): void {
  const parse = app.getDefaultJsonParser(prototypeKeys, prototypeKeys);
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else void parse(request, body as string, done);
  });
}

/** For bodies that carry many things of one person: one such key must not hold up all the others. */
export function passOverPrototypeKeys(scope: FastifyInstance): void {
  scope.removeContentTypeParser('application/json');
  acceptEmptyJson(scope, 'remove');
}
