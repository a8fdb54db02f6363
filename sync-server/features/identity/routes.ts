import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  authSessionSchema,
  authUserSchema,
  grantQuerySchema,
  logoutQuerySchema,
  tokenRequestSchema,
  updateUserSchema,
} from '#contract/api/gotrue.ts';
import { asServer } from '../../db/as-actor.ts';
import type { Deps } from '../../deps.ts';
import type { SigningKeys } from '../../http/signing-keys.ts';
import { AuthError, invalidCredentials } from './auth-error.ts';
import { readAuthUser } from './auth-user.ts';
import { readDevice } from './devices.ts';
import type { Passwords } from './passwords.ts';
import { requestCode } from './reauthentication.ts';
import { endSessions, refreshSession, type Call } from './sessions.ts';
import { signIn } from './sign-in.ts';
import { updateOwnAccount } from './update-user.ts';

export type CallOf = (request: FastifyRequest) => Call;
export const callFor =
  (deps: Deps, keys: SigningKeys): CallOf =>
  (request) => ({
    deps,
    keys,
    requestId: request.id,
    address: request.ip,
    userAgent: request.headers['user-agent']?.slice(0, 300) ?? null,
    now: deps.clock.now(),
  });

const tags = ['auth'];
const anyone = { access: 'anyone' as const };
/** Open also to somebody who must first choose a password. */
const newcomer = { access: 'newcomer' as const };
const session = [{ session: [] }];

/** Sign-in, refresh, sign-out and the person's own account, as supabase-js calls them. */
export function accountRoutes(app: FastifyInstance, call: CallOf, passwords: Passwords): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.post(
    '/auth/v1/token',
    {
      config: anyone,
      schema: {
        tags,
        summary: 'Sign in with a password, or refresh',
        querystring: grantQuerySchema,
        body: tokenRequestSchema,
        response: { 200: authSessionSchema },
      },
    },
    async (request) => {
      const { email, phone, password, refresh_token } = request.body;
      const device = readDevice(request);
      switch (request.query.grant_type) {
        case 'refresh_token':
          if (!refresh_token) throw new AuthError('validation_failed', 'refresh_token is missing.');
          return refreshSession(call(request), refresh_token, device);
        case 'password':
          if (phone && !email)
            throw new AuthError('phone_provider_disabled', 'Phone numbers are no way to sign in here.');
          if (!email || !password) throw invalidCredentials();
          return signIn(call(request), passwords, { email, password }, device);
        case 'pkce':
          throw new AuthError('flow_state_not_found', 'Sign-in by code exchange is off: links carry a token_hash.');
        case 'id_token':
        case 'web3':
          throw new AuthError('provider_disabled', 'Accounts of other services are no way to sign in here.');
        default:
          throw new AuthError('validation_failed', 'unsupported_grant_type: password or refresh_token.');
      }
    },
  );

  routes.post(
    '/auth/v1/logout',
    {
      config: newcomer,
      schema: {
        tags,
        summary: 'End this session, the others, or all',
        security: session,
        querystring: logoutQuerySchema,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { deps, now } = call(request);
      const { scope } = request.query;
      const own = request.session.id;
      const ended = {
        global: { user: request.actor.id },
        others: { user: request.actor.id, except: own },
        local: { session: own },
      }[scope];
      await asServer(deps.server, async (tx) => {
        await endSessions(tx, ended, now);
        await tx.query(
          `insert into user_activity_logs (user_id, activity_type, occurred_at, metadata) values ($1, 'logout', $2, jsonb_build_object('scope', $3::text))`,
          [request.actor.id, now, scope],
        );
      });
      return reply.status(204).send(null);
    },
  );

  routes.get(
    '/auth/v1/user',
    {
      config: newcomer,
      schema: { tags, summary: 'Who is signed in', security: session, response: { 200: authUserSchema } },
    },
    async (request) => {
      const user = await readAuthUser(call(request).deps.server, request.actor.id);
      if (!user) throw new AuthError('session_not_found', 'This session has ended.');
      return user;
    },
  );

  routes.put(
    '/auth/v1/user',
    {
      config: newcomer,
      schema: {
        tags,
        summary: 'Choose a new password, ask for another address, keep facts',
        security: session,
        body: updateUserSchema,
        response: { 200: authUserSchema },
      },
    },
    async (request) =>
      updateOwnAccount(call(request), passwords, { userId: request.actor.id, session: request.session }, request.body),
  );

  routes.get(
    '/auth/v1/reauthenticate',
    {
      config: newcomer,
      schema: {
        tags,
        summary: 'Ask for a mail with a code that stands for the current password',
        security: session,
        response: { 200: z.object({}) },
      },
    },
    async (request) => {
      await requestCode(call(request), request.actor.id);
      return {};
    },
  );
}
