import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Actor, Role } from '#contract/roles.ts';
import type { Deps } from '../deps.ts';
import { AppError, toAppError } from './errors.ts';
import { forgetCall, openCall, storeAnswer } from './idempotency.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';
import type { Access, Session } from './auth.ts';

/** What a command's `run` gets beside its parsed input. */
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
export type Command<In extends z.ZodType = z.ZodType, Out extends z.ZodType = z.ZodType> = {
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
  run: (context: CommandContext, input: z.output<In>) => Promise<z.output<Out>>;
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
        const data = command.writes
          ? await runOnce(command, context, input, keyOf(request))
          : await command.run(context, input);
        return { success: true, data };
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

/** The first call runs; later ones with this key get its answer, or hear that it is still running. */
async function runOnce<In extends z.ZodType, Out extends z.ZodType>(
  command: Command<In, Out>,
  context: CommandContext,
  input: z.output<In>,
  key: string,
): Promise<z.output<Out>> {
  const { server } = context.deps;
  const call = { actorId: context.actor.id, key, operation: command.name, hash: hashOf(input) };
  const earlier = await openCall(server, call);
  if (earlier) return earlier.response as z.output<Out>;
  try {
    const data = await command.run(context, input);
    await storeAnswer(server, call, data);
    return data;
  } catch (error) {
    // A failed call changed nothing, so the same key may try again.
    await forgetCall(server, call);
    throw error;
  }
}

const hashOf = (input: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(input) ?? '')
    .digest('hex');
