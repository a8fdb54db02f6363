import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { routeOf } from './count-requests.ts';
import { isOutage } from './outages.ts';

/** Never written to a log, wherever an object carries them. */
const secrets = [
  'authorization',
  'apikey',
  'cookie',
  'password',
  'current_password',
  'new_password',
  'refresh_token',
  'access_token',
  'token',
  'token_hash',
  'code',
  'secret',
];
// `code` is also what our errors are called, so it is only a secret inside bodies, queries and headers.
const places = ['req.headers', 'headers', 'body', 'query'];
const everywhere = secrets.filter((name) => name !== 'code');

const redact = {
  paths: [
    ...everywhere,
    ...everywhere.map((name) => `*.${name}`),
    ...places.flatMap((place) => secrets.map((name) => `${place}.${name}`)),
  ],
  censor: '[redacted]',
};

type PostgresError = Error & { code?: string; constraint?: string; table?: string; severity?: string };

/** A database error quotes the row in `detail` and the statement in `where`: both stay out of the log. */
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: typeof error };
  const { name, message, stack, code, constraint, table, severity } = error as PostgresError;
  // Class 22, wrong values, quotes the value in the message itself.
  const quotes = severity !== undefined && code?.startsWith('22') === true;
  const words = quotes ? 'a value does not fit its type' : message;
  // One line each: while a database is away there are many, and where in the driver it was noticed helps nobody.
  if (isOutage(error)) return { type: name, message, code };
  return { type: name, message: words, stack: stack?.replace(message, words), code, constraint, table };
}

/** A log in which errors say what happened, and not with whose words. */
export const discreetLog = (log: Logger): Logger => log.child({}, { redact, serializers: { err: describeError } });

/** The request log: the route's pattern instead of the address, which may carry a token, and no body ever. */
export const httpLog = (log: Logger): Logger =>
  log.child({ part: 'http' }, { redact, serializers: { err: describeError } });

export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    request.log.info(
      { method: request.method, route: routeOf(request), status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'answered',
    );
  });
}
