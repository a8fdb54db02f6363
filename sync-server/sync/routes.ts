import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { checkRequestSchema, pullRequestSchema, pushLimit, pushRequestSchema } from '#contract/protocol.ts';
import type { Deps } from '../deps.ts';
import { createAdmission } from '../http/admission.ts';
import { AppError } from '../http/errors.ts';
import { readCaller, requireVersions } from './caller.ts';
import { check } from './check.ts';
import type { SyncDefinition } from './define-sync.ts';
import type { Send } from './delta.ts';
import { createFeeder } from './feeder/feeder.ts';
import { syncLimits } from './limits.ts';
import { ClosedError, createLiveOutlet, createOutlet, withPatience, type Answer, type Outlet } from './outlet.ts';
import { catchUp } from './pull.ts';
import { isPassing } from './push/database-refusals.ts';
import { readOperation } from './push/parse-operation.ts';
import { push } from './push/push.ts';
import { openStream } from './stream.ts';

/** Each operation is read on its own, so the body is only known to hold some. */
const pushBodySchema = z.looseObject({
  ops: z.array(z.unknown()).min(1).max(pushLimit),
  more: pushRequestSchema.shape.more,
  after: pushRequestSchema.shape.after,
});
/** How long a line of a pull, which may come to 64 KB, may wait for its reader, who holds a snapshot of the database open. */
const patienceMs = 30_000;
const ndjson = 'application/x-ndjson; charset=utf-8';
const json = 'application/json; charset=utf-8';

/** What the HTTP document says of a route here; the messages are in docs/specs/sync.md. */
const described = <Body extends z.ZodType>(summary: string, body: Body) => ({
  schema: { tags: ['sync'], security: [{ session: [] }], summary, body },
});
const changes = described('What changed since a checkpoint', pullRequestSchema);
const writes = described('Writes of a device, each judged on its own', pushBodySchema);
const stream = described('Changes as they happen', pullRequestSchema);
const comparison = { ...described('Compare hashes of what is held', checkRequestSchema), bodyLimit: 1_000_000 };

/** /sync/v1: pull, push, stream and check of all families over one connection (docs/specs/sync.md). */
export function syncRoutes(app: FastifyInstance, deps: Deps, definitions: readonly SyncDefinition[]): void {
  const byTable = new Map(definitions.map((definition) => [definition.table.name, definition]));
  const feeder = createFeeder(deps);
  app.addHook('preClose', () => feeder.close());
  const limits = syncLimits(deps.config.DATABASE_POOL_SIZE);
  const reading = createAdmission(limits.read, deps.metrics);
  const writing = createAdmission(limits.write, deps.metrics);

  app.post('/sync/v1/pull', changes, async (request, reply) => {
    requireVersions(request);
    const caller = readCaller(request);
    const { checkpoint } = request.body as z.infer<typeof pullRequestSchema>;
    const leave = await reading.enter(caller.actor.id, reply.raw);
    const outlet = createOutlet(request.headers['accept-encoding']);
    const started = whenWritten(reply, outlet);
    const send: Send = async (text) => {
      const written = started.write(text());
      if (written) await withPatience(written, patienceMs);
    };
    await catchUp(deps, caller, checkpoint, send)
      .catch((error: unknown) => {
        // Before the first line the caller gets an error; after it a cut, which is what a broken answer looks like.
        if (!started.begun) throw error;
        if (!(error instanceof ClosedError)) request.log.error({ err: error }, 'a pull broke off');
        outlet.body.destroy();
      })
      .finally(leave);
    outlet.end();
    return reply;
  });

  app.post('/sync/v1/push', { ...writes, config: { goesAhead: true } }, async (request, reply) => {
    const caller = readCaller(request);
    const { ops, after, more = false } = request.body as z.infer<typeof pushBodySchema>;
    const operations = ops.map(readOperation);
    const nameless = operations.findIndex((one) => one === null);
    if (nameless !== -1) throw new AppError('INVALID_INPUT', { details: { path: `/ops/${nameless}` } });
    const leave = await writing.enter(caller.actor.id, reply.raw);
    const text = await push(
      deps,
      byTable,
      caller,
      operations.filter((one) => one !== null),
      {
        after: after?.toLowerCase(),
        onStored: leave.personsTurn,
        herald: feeder.herald({ userId: caller.actor.id, device: caller.boundTo, more }),
      },
    )
      .catch((error: unknown) => {
        throw isPassing(error) ? new AppError('UNAVAILABLE', { retryAfter: 2, cause: error }) : error;
      })
      .finally(leave);
    return reply.type(json).serializer(asIs).send(text);
  });

  // What a page is told of its policies means nothing to a program that reads lines, and would stay in memory with each stream.
  const live = { ...stream, config: { isLive: true }, helmet: false as const };
  app.post('/sync/v1/stream', live, async (request, reply) => {
    requireVersions(request);
    if (deps.drain.hasBegun) throw new AppError('UNAVAILABLE', { retryAfter: 1 });
    const caller = readCaller(request);
    const { checkpoint } = request.body as z.infer<typeof pullRequestSchema>;
    const leave = await reading.enter(caller.actor.id, reply.raw);
    const outlet = createLiveOutlet(reply.raw);
    const started = whenWritten(reply, outlet, () => forgetHead(request.raw));
    await openStream(deps, feeder, caller, checkpoint, outlet, started, leave).finally(leave);
    return reply;
  });

  app.post('/sync/v1/check', comparison, async (request, reply) => {
    requireVersions(request);
    const caller = readCaller(request);
    const leave = await reading.enter(caller.actor.id, reply.raw);
    const asked = request.body as z.infer<typeof checkRequestSchema>;
    const text = await check(deps, caller, asked).finally(leave);
    return reply.type(json).serializer(asIs).send(text);
  });
}

const asIs = (text: unknown): string => text as string;

/** What a request said of itself, the token among it, was read and need not stay in memory for as long as its answer lasts. */
function forgetHead(request: IncomingMessage): void {
  request.headers = {};
  request.rawHeaders = [];
}

/** Starts the answer with its first line, so that what fails before it is still an ordinary error. */
function whenWritten(reply: FastifyReply, outlet: Outlet, onBegin = (): void => undefined): Answer {
  let begun = false;
  return {
    finished: new Promise((resolve) => reply.raw.once('close', resolve)),
    get begun() {
      return begun;
    },
    write(text) {
      if (!begun) {
        begun = true;
        reply.type(ndjson).headers({
          'cache-control': 'no-store',
          'x-accel-buffering': 'no',
          'x-content-type-options': 'nosniff',
        });
        if (outlet.encoding) reply.header('content-encoding', outlet.encoding);
        if (outlet.body === reply.raw) {
          reply.hijack();
          reply.raw.writeHead(200, reply.getHeaders() as OutgoingHttpHeaders);
          // By itself it would keep the head in the eighty pieces that it was put together of, as long as the stream lives.
          reply.raw.flushHeaders();
        } else void reply.send(outlet.body);
        onBegin();
      }
      return outlet.write(text);
    },
  };
}
