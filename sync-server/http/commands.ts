import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Actor, Role } from '#contract/roles.ts';
import type { Deps } from '../deps.ts';
import { AppError, toAppError } from './errors.ts';
import { againAfterCollision } from '../db/collisions.ts';
import type { Tx } from '../db/sql.ts';
import { callOnce, forgetCall, openCall, storeAnswer, type Call } from './idempotency.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';
import type { Access, Session } from './auth.ts';

/** What a command gets beside its parsed input. */
export type CommandContext = {
  actor: Actor;
  session: Session;
  deps: Deps;
  /** Server time of receipt. */
  now: Date;
  /** Where the request came from, and what sent it. */
  address: string;
  userAgent: string | null;
  /** Joins the audit entry, the log and the answer. */
  requestId: string;
};

/**
 * One operation under `POST /functions/v1/<name>` (workflows 0.2): JSON in, `{ success: true, data }` out.
 * A command that writes needs an `Idempotency-Key`; the same key and body gets the stored answer for 90 days.
 */
export type Command<In extends z.ZodType = z.ZodType, Out extends z.ZodType = z.ZodType> = Facts<In, Out> &
  (InSteps<In, Out> | InOneTransaction<In, Out>);

/** A command's context inside its transaction, which runs as the server: every right is asked by the command itself. */
export type CallInTransaction = CommandContext & { tx: Tx };

/** It opens its own transactions, or none. Killed between its last commit and its answer, it may run again under the same key. */
type InSteps<In extends z.ZodType, Out extends z.ZodType> = {
  run: (context: CommandContext, input: z.output<In>) => Promise<z.output<Out>>;
  once?: never;
};

/** All it does is one transaction of the server, and its answer is stored in that: whatever is killed when, it happens once. */
type InOneTransaction<In extends z.ZodType, Out extends z.ZodType> = {
  writes: true;
  once: (call: CallInTransaction, input: z.output<In>) => Promise<z.output<Out>>;
  /** After the commit, such as a mail that should leave at once; its answer is the caller's. */
  after?: (context: CommandContext, input: z.output<In>, done: z.output<Out>) => Promise<z.output<Out>>;
  run?: never;
};

type Facts<In extends z.ZodType, Out extends z.ZodType> = {
  name: string;
  /** One line for the API document. */
  summary: string;
  /** Parsed strictly: give `z.strictObject`, so that an unknown field is refused. */
  input: In;
  output: Out;
  /** Who may call it at all, asked before the input is looked at; finer rules are the command's own. */
  roles: readonly Role[];
  /** False where nothing is changed, so that no key is asked for. */
  writes: boolean;
  access?: Extract<Access, 'person' | 'newcomer'>;
  /** A right that only some hold: whoever tries in vain leaves a line in the audit trail (data model R30). */
  privileged?: boolean;
};

/** Keeps the input's and the output's types of one command together. */
export const defineCommand = <In extends z.ZodType, Out extends z.ZodType>(
  command: Command<In, Out>,
): Command<In, Out> => command;

/** Commands a person may call in a minute (workflows 0.2), all commands together. */
const callsPerMinute = 60;
const idempotencyKey = z.uuid();
const limits = new WeakMap<Deps, RateLimit>();
const opened = new WeakMap<object, Command[]>();

/** The commands whose routes an app has opened, in any of its scopes. */
export const commandsOf = (app: FastifyInstance): readonly Command[] => opened.get(app.server) ?? [];

/** Opens a command's route. Call it from a feature's `routes`. */
export function addCommand<In extends z.ZodType, Out extends z.ZodType>(
  app: FastifyInstance,
  deps: Deps,
  command: Command<In, Out>,
): void {
  const limit = limits.get(deps) ?? createRateLimit(callsPerMinute);
  limits.set(deps, limit);
  opened.set(app.server, [...commandsOf(app), command as unknown as Command]);
  const schema = {
    tags: ['commands'],
    summary: command.summary,
    security: [{ session: [] }],
    'x-roles': command.roles,
    body: command.input,
    response: { 200: z.object({ success: z.literal(true), data: command.output }) },
  };
  app.post(
    `/functions/v1/${command.name}`,
    {
      config: { access: command.access ?? 'person' },
      schema,
      onRequest: (request) => admit(deps, command, limit, request),
      preValidation: allowNoBody,
    },
    async (request) => {
      const context = {
        actor: request.actor,
        session: request.session,
        deps,
        now: deps.clock.now(),
        address: request.ip,
        userAgent: request.headers['user-agent'] ?? null,
        requestId: request.id,
      };
      const input = request.body as z.output<In>;
      try {
        return { success: true, data: await carryOut(command, context, input, () => keyOf(request)) };
      } catch (error) {
        if (command.privileged) await auditFailure(command.name, deps, request, error);
        throw error;
      }
    },
  );
}

/** Before the body is read: whoever may not call a command learns nothing of its input, not even whether theirs fits. */
async function admit(
  deps: Deps,
  { name, roles, privileged }: Pick<Command, 'name' | 'roles' | 'privileged'>,
  limit: RateLimit,
  request: FastifyRequest,
): Promise<void> {
  const wait = limit.take(request.actor.id, deps.clock.now());
  if (wait > 0) throw new AppError('RATE_LIMIT_EXCEEDED', { retryAfter: wait });
  if (roles.includes(request.actor.role)) return;
  const refusal = new AppError('PERMISSION_DENIED');
  if (privileged) await auditFailure(name, deps, request, refusal);
  throw refusal;
}

/** That it was tried, by whom and how it ended; the input stays out, for it may hold what is nobody else's business. */
async function auditFailure(name: string, deps: Deps, request: FastifyRequest, error: unknown): Promise<void> {
  const { code } = toAppError(error);
  await deps.server
    .query(`select server_audit($1, $2, 'command', null, 'command_failed', null, $3, $4::jsonb, $5)`, [
      deps.serverKey,
      request.actor.id,
      name,
      JSON.stringify({ command: name, code }),
      request.id,
    ])
    // The caller hears of the refusal itself; that it could not be written down is the operator's to know.
    .catch((failure: unknown) => deps.log.error({ err: failure, command: name }, 'a failed command was not audited'));
}

/** supabase-js sends no body at all for a command without input. */
async function allowNoBody(request: FastifyRequest): Promise<void> {
  request.body ??= {};
}

function keyOf(request: FastifyRequest): string {
  const key = idempotencyKey.safeParse(request.headers['idempotency-key']);
  if (key.success) return key.data;
  throw new AppError('INVALID_INPUT', { details: [{ path: 'Idempotency-Key', message: 'A UUID is needed.' }] });
}

/** The first call runs; later ones with its key get its answer, or hear that it is still running. A reading command needs no key. */
export async function carryOut<In extends z.ZodType, Out extends z.ZodType>(
  command: Command<In, Out>,
  context: CommandContext,
  input: z.output<In>,
  keyOf: () => string,
): Promise<z.output<Out>> {
  const call = () => ({ actorId: context.actor.id, key: keyOf(), operation: command.name, hash: hashOf(input) });
  if (command.once) {
    const { once, after } = command;
    const asked = call();
    const done = await againAfterCollision(() =>
      callOnce(context.deps.server, asked, (tx) => once({ ...context, tx }, input)),
    );
    return after ? after(context, input, done) : done;
  }
  return command.writes ? runInSteps(command.run, context, input, call()) : command.run(context, input);
}

async function runInSteps<In, Out>(
  run: (context: CommandContext, input: In) => Promise<Out>,
  context: CommandContext,
  input: In,
  call: Call,
): Promise<Out> {
  const { server } = context.deps;
  const earlier = await openCall(server, call);
  if (earlier) return earlier.response as Out;
  let data: Out;
  try {
    data = await run(context, input);
  } catch (error) {
    // A failed call changed nothing, so the same key may try again.
    await forgetCall(server, call);
    throw error;
  }
  // Not forgotten where this fails: it was carried out.
  await storeAnswer(server, call, data);
  return data;
}

const hashOf = (input: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(input) ?? '')
    .digest('hex');
