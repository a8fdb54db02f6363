import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Deps } from './deps.ts';
import { features, syncDefinitions } from './features/index.ts';
import { identity, watchSessions } from './features/identity/index.ts';
import { jobCommands } from './features/operations/index.ts';
import { guardRoutes, tellCallersApart } from './http/auth.ts';
import { AppError, handleErrors, sendError } from './http/errors.ts';
import { countRequests } from './http/count-requests.ts';
import { closeGracefully } from './http/graceful-close.ts';
import { healthRoutes } from './http/health.ts';
import { acceptEmptyJson, passOverPrototypeKeys } from './http/json-body.ts';
import { discreetLog, httpLog, logRequests } from './http/logging.ts';
import { describeApi } from './http/openapi.ts';
import { createProjectKeys } from './http/project-keys.ts';
import { requestIdOf } from './http/request-id.ts';
import { secureHeaders } from './http/security-headers.ts';
import { createSigningKeys } from './http/signing-keys.ts';
import { watchSockets } from './http/sockets.ts';
import { projectOf } from './http/supabase-project.ts';
import { waitForHandlers } from './http/underway.ts';
import { serveWebEdition } from './http/web-edition.ts';
import { syncRoutes } from './sync/routes.ts';

/** JSON bodies; uploads set their own limit on their routes. */
const bodyLimit = 4 * 1024 * 1024;
/** A push of 1000 operations on a slow line still fits; a client that drips bytes to hold a connection does not. */
const requestTimeout = 300_000;

/** The whole HTTP side of the server, ready to listen or to be injected into. The caller closes it. */
export async function buildApp(given: Deps): Promise<FastifyInstance> {
  const deps = { ...given, log: discreetLog(given.log) };
  const { config } = deps;
  const app = fastify({
    loggerInstance: httpLog(deps.log) as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit,
    requestTimeout,
    trustProxy: (_address, hop) => hop < config.TRUSTED_PROXIES,
    genReqId: requestIdOf(config.TRUSTED_PROXIES),
    // An address that cannot be decoded never reaches a route.
    frameworkErrors: (_error, request, reply) => void sendError(request, reply, new AppError('NOT_FOUND')),
    // A connection that only waits for its next request must not hold up the stop of the process.
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 1000 },
  });
  tellCallersApart(app, config);
  const project = projectOf(config);
  const keys = project ? createProjectKeys(project) : createSigningKeys(deps.server);
  const watch = project && watchSessions(deps, project);
  app.addHook('onClose', async () => watch?.close());
  app.addHook('onRequest', async (request, reply) => void reply.header('x-request-id', request.id));
  const sockets = watchSockets(app.server);
  closeGracefully(app, sockets);
  waitForHandlers(app);
  countRequests(app, deps.metrics, sockets);
  acceptEmptyJson(app);
  handleErrors(app);
  logRequests(app);
  await secureHeaders(app, config.PUBLIC_URL);
  await describeApi(app, { publicUrl: config.PUBLIC_URL });
  guardRoutes(app, deps, keys, watch?.meet);

  healthRoutes(app, deps);
  await app.register(async (scope) => identity(scope, deps, keys, project));
  await app.register(async (scope) => {
    passOverPrototypeKeys(scope);
    syncRoutes(scope, deps, syncDefinitions);
  });
  for (const { routes } of features) if (routes) await app.register(async (scope) => routes(scope, deps));
  jobCommands(
    app,
    deps,
    features.flatMap(({ jobs = [] }) => jobs),
  );
  const webRoot = resolve(config.WEB_DIR);
  if (existsSync(join(webRoot, 'index.html'))) serveWebEdition(app, webRoot);
  await app.ready();
  return app;
}
