import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  authSessionSchema,
  halfConfirmedSchema,
  recoverRequestSchema,
  resendRequestSchema,
  verifyQuerySchema,
  verifyRequestSchema,
} from '#contract/api/gotrue.ts';
import { createRateLimit } from '../../http/rate-limit.ts';
import type { AccountHome } from './account-home.ts';
import { AuthError } from './auth-error.ts';
import { readDevice } from './devices.ts';
import { resendEmailChange } from './email-change.ts';
import { requestRecovery } from './recovery.ts';
import type { CallOf } from './routes.ts';
import { publicUrl, safeRedirect } from './site.ts';

const tags = ['auth'];
const config = { access: 'anyone' as const };
const halfConfirmed = 'This address is confirmed. Now follow the link in the mail to the other address.';

/** Recovery of a password and the links in mails. */
export function linkRoutes(app: FastifyInstance, call: CallOf, home: AccountHome): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  /** Stops one address from filling the queue; each account has its own limit beside it. */
  const perAddress = createRateLimit(60, 3_600_000);
  const pending = new Set<Promise<void>>();
  app.addHook('onClose', async () => void (await Promise.all(pending)));
  /** The answer goes out before the address is looked up, so that its time says nothing. */
  const later = (request: FastifyRequest, work: Promise<void>): void => {
    const done = work.catch((error: unknown) => request.log.error({ err: error }, 'a mail could not be queued'));
    pending.add(done);
    void done.finally(() => pending.delete(done));
  };

  routes.post(
    '/auth/v1/recover',
    {
      config,
      schema: {
        tags,
        summary: 'Ask for a set-password link',
        body: recoverRequestSchema,
        response: { 200: z.object({}) },
      },
    },
    async (request) => {
      const asked = call(request);
      if (perAddress.take(request.ip, asked.now) > 0)
        throw new AuthError('over_email_send_rate_limit', 'Too many requests. Wait a while.');
      later(request, requestRecovery(asked, request.body.email));
      return {};
    },
  );

  routes.post(
    '/auth/v1/resend',
    {
      config,
      schema: {
        tags,
        summary: 'Ask for the links of a waiting change of address again',
        body: resendRequestSchema,
        response: { 200: z.object({}) },
      },
    },
    async (request) => {
      const { type, email } = request.body;
      const asked = call(request);
      if (perAddress.take(request.ip, asked.now) > 0)
        throw new AuthError('over_email_send_rate_limit', 'Too many requests. Wait a while.');
      if (type === 'email_change' && email) later(request, resendEmailChange(asked, email));
      return {};
    },
  );

  routes.post(
    '/auth/v1/verify',
    {
      config,
      schema: {
        tags,
        summary: 'Use a link from a mail',
        body: verifyRequestSchema,
        response: { 200: z.union([authSessionSchema, halfConfirmedSchema]) },
      },
    },
    async (request) => {
      const { body } = request;
      const link =
        'token_hash' in body
          ? { token: body.token_hash, type: body.type }
          : { token: body.token, type: body.type, email: body.email };
      const { session } = await home.followLink(call(request), link, readDevice(request));
      return session ?? { msg: halfConfirmed, code: '200' as const };
    },
  );

  routes.get(
    '/auth/v1/verify',
    {
      config,
      schema: {
        tags,
        summary: 'Use a link in a browser; answers with a redirect that carries the session',
        querystring: verifyQuerySchema,
      },
    },
    async (request, reply) => {
      const { type, token, redirect_to } = request.query;
      const asked = call(request);
      const target = safeRedirect(asked.deps.config, redirect_to);
      try {
        const { session } = await home.followLink(asked, { token, type }, readDevice(request));
        if (!session) return reply.redirect(`${target}#${new URLSearchParams({ message: halfConfirmed })}`, 303);
        const { access_token, refresh_token, expires_in, expires_at } = session;
        const facts = {
          access_token,
          refresh_token,
          expires_in: String(expires_in),
          expires_at: String(expires_at),
          token_type: 'bearer',
          type,
        };
        return reply.redirect(`${target}#${new URLSearchParams(facts)}`, 303);
      } catch (error) {
        if (!(error instanceof AuthError)) throw error;
        const facts = { error: 'access_denied', error_code: error.code, error_description: error.message };
        return reply.redirect(`${target}#${new URLSearchParams(facts)}`, 303);
      }
    },
  );

  routes.get('/auth/v1/settings', { config, schema: { tags, summary: 'What sign-in offers' } }, async () => ({
    external: { email: true, phone: false, anonymous_users: false },
    disable_signup: true,
    mailer_autoconfirm: true,
    phone_autoconfirm: false,
    sms_provider: '',
    saml_enabled: false,
  }));

  routes.get('/auth/v1/health', { config, schema: { tags, summary: 'Is sign-in up' } }, async (request) => ({
    name: 'Growth OS',
    version: '1',
    description: publicUrl(call(request).deps.config),
  }));

  routes.get(
    '/auth/v1/.well-known/jwks.json',
    { config, schema: { tags, summary: 'Public keys of access tokens' } },
    async (request, reply) => {
      reply.header('cache-control', 'public, max-age=300');
      return call(request).keys.jwks();
    },
  );
}
