import type { FastifyInstance } from 'fastify';
import { AuthError } from './auth-error.ts';

const anyone = { access: 'anyone' as const };
const newcomer = { access: 'newcomer' as const };
const closed = { tags: ['auth'], summary: 'Switched off: answers so in the words of the protocol' };

type Body = { email?: unknown; phone?: unknown } | null | undefined;

/** Doors of the protocol that this academy keeps shut: each says so in the words supabase-js knows. */
export function closedRoutes(app: FastifyInstance): void {
  app.post('/auth/v1/signup', { config: anyone, schema: closed }, ({ body }) => {
    const { email, phone } = (body as Body) ?? {};
    if (phone && !email) throw phonesAreOff();
    if (!email) throw new AuthError('anonymous_provider_disabled', 'Anonymous sign-ins are disabled.');
    throw new AuthError('signup_disabled', 'Signups not allowed for this instance: the academy makes accounts.');
  });
  for (const path of ['otp', 'magiclink'])
    app.post(`/auth/v1/${path}`, { config: anyone, schema: closed }, ({ body }) => {
      const { email, phone } = (body as Body) ?? {};
      if (phone && !email) throw phonesAreOff();
      throw new AuthError('otp_disabled', 'Signups not allowed for otp: sign in with your password.');
    });
  app.get('/auth/v1/authorize', { config: anyone, schema: closed }, () => {
    throw new AuthError('validation_failed', 'Unsupported provider: provider is not enabled');
  });
  app.post('/auth/v1/sso', { config: anyone, schema: closed }, () => {
    throw new AuthError('saml_provider_disabled', 'SAML 2.0 is disabled');
  });
  app.get('/auth/v1/user/identities/authorize', { config: newcomer, schema: closed }, () => {
    throw new AuthError('manual_linking_disabled', 'Manual linking is disabled');
  });
  app.delete('/auth/v1/user/identities/:id', { config: newcomer, schema: closed }, ({ actor, params }) => {
    if ((params as { id: string }).id !== actor.id)
      throw new AuthError('identity_not_found', 'There is no such identity.');
    throw new AuthError('single_identity_not_deletable', 'An account keeps its only way to sign in.');
  });
}

const phonesAreOff = (): AuthError =>
  new AuthError('phone_provider_disabled', 'Phone numbers are no way to sign in here.');
