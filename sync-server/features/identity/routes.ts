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
import type { Deps } from '../../deps.ts';
import { bearer } from '../../http/auth.ts';
import type { SigningKeys } from '../../http/signing-keys.ts';
import type { AccountHome, Signed } from './account-home.ts';
import { AuthError, invalidCredentials } from './auth-error.ts';
import { readAuthUser } from './auth-user.ts';
import { readDevice } from './devices.ts';
import type { Call } from './sessions.ts';
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

/** The person behind a request of a route that asks for one. */
export const signedIn = (request: FastifyRequest): Signed => ({
  userId: request.actor.id,
  session: request.session,
  token: bearer(request) ?? '',
});

const tags = ['auth'];
const anyone = { access: 'anyone' as const };
/** Open also to somebody who must first choose a password. */
const newcomer = { access: 'newcomer' as const };
const session = [{ session: [] }];

/** Sign-in, refresh, sign-out and the person's own account, as supabase-js calls them. */
export function accountRoutes(app: FastifyInstance, call: CallOf, home: AccountHome): void {
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
          return home.refresh(call(request), refresh_token, device);
        case 'password':
          if (phone && !email)
            throw new AuthError('phone_provider_disabled', 'Phone numbers are no way to sign in here.');
          if (!email || !password) throw invalidCredentials();
          return home.signIn(call(request), { email, password }, device);
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
      await home.signOut(call(request), signedIn(request), request.query.scope);
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
    async (request) => updateOwnAccount(call(request), home, signedIn(request), request.body),
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
      await home.requestCode(call(request), signedIn(request));
      return {};
    },
  );
}
