import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  adminCreateUserSchema,
  adminListQuerySchema,
  adminUpdateUserSchema,
  authUserSchema,
  generatedLinkSchema,
  generateLinkSchema,
  inviteRequestSchema,
} from '#contract/api/gotrue.ts';
import { createAccount, deactivateAccount } from './admin.ts';
import { updateAccount } from './admin-update.ts';
import { asServer } from '../../db/as-actor.ts';
import { AuthError } from './auth-error.ts';
import { mintLink } from './links.ts';
import { queueMail } from './mail.ts';
import type { Passwords } from './passwords.ts';
import { audit, auditKeyUse, findAccountByEmail, findAccountById, listAccounts, toAuthUser } from './queries.ts';
import type { CallOf } from './routes.ts';
import { publicUrl, safeRedirect } from './site.ts';

const config = { access: 'operator' as const };
const described = { tags: ['admin'], security: [{ serviceKey: [] }] };
const byId = z.object({ id: z.uuid() });

/** Accounts for operators' programs, by the service key only; staff in the app use commands under their own session. */
export function adminRoutes(app: FastifyInstance, call: CallOf, passwords: Passwords): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  app.addHook('preHandler', async (request) => {
    if (request.routeOptions.config.access === 'operator')
      await auditKeyUse(call(request), `${request.method} ${request.routeOptions.url}`);
  });

  routes.get(
    '/auth/v1/admin/users',
    {
      config,
      schema: {
        ...described,
        summary: 'Accounts, oldest first',
        querystring: adminListQuerySchema,
        response: { 200: z.object({ users: z.array(authUserSchema), aud: z.string() }) },
      },
    },
    async (request, reply) => {
      const page = Math.max(1, request.query.page);
      const limit = request.query.per_page || 50;
      const { users, total } = await listAccounts(call(request).deps.server, { limit, offset: (page - 1) * limit });
      reply
        .header('x-total-count', total)
        .header('link', pageLinks(page, Math.max(1, Math.ceil(total / limit)), limit));
      return { users: users.map(toAuthUser), aud: 'authenticated' };
    },
  );

  routes.post(
    '/auth/v1/admin/users',
    {
      config,
      schema: {
        ...described,
        summary: 'Create an account',
        body: adminCreateUserSchema,
        response: { 200: authUserSchema },
      },
    },
    async (request) => toAuthUser(await createAccount(call(request), passwords, request.body)),
  );

  routes.get(
    '/auth/v1/admin/users/:id',
    { config, schema: { ...described, summary: 'One account', params: byId, response: { 200: authUserSchema } } },
    async (request) => {
      const account = await findAccountById(call(request).deps.server, request.params.id);
      if (!account) throw new AuthError('user_not_found', 'There is no such account.');
      return toAuthUser(account);
    },
  );

  routes.put(
    '/auth/v1/admin/users/:id',
    {
      config,
      schema: {
        ...described,
        summary: 'Change an account: address, name, role, password, ban',
        params: byId,
        body: adminUpdateUserSchema,
        response: { 200: authUserSchema },
      },
    },
    async (request) => toAuthUser(await updateAccount(call(request), passwords, request.params.id, request.body)),
  );

  routes.post(
    '/auth/v1/invite',
    {
      config,
      schema: {
        ...described,
        summary: 'Create an account whose owner gets a mail with a set-password link',
        body: inviteRequestSchema,
        response: { 200: authUserSchema },
      },
    },
    async (request) => {
      const { email, data } = request.body;
      const asked = call(request);
      const account = await createAccount(asked, passwords, {
        email,
        user_metadata: { full_name: data?.full_name },
        app_metadata: { role: data?.role },
      });
      const mail = { userId: account.id, email: account.email, name: account.full_name, template: 'invite' } as const;
      await asServer(asked.deps.server, (tx) => queueMail(asked, tx, mail));
      return toAuthUser(account);
    },
  );

  routes.delete(
    '/auth/v1/admin/users/:id',
    {
      config,
      schema: {
        ...described,
        summary: 'Deactivate an account; nothing it wrote is removed',
        params: byId,
        response: { 200: z.object({}) },
      },
    },
    async (request) => {
      await deactivateAccount(call(request), request.params.id);
      return {};
    },
  );

  routes.post(
    '/auth/v1/admin/generate_link',
    {
      config,
      schema: {
        ...described,
        summary: 'A set-password link, for operators who send it themselves',
        body: generateLinkSchema,
        response: { 200: generatedLinkSchema },
      },
    },
    async (request) => {
      const { type, email, redirect_to: wanted } = request.body;
      const asked = call(request);
      const account = await findAccountByEmail(asked.deps.server, email.trim().toLowerCase());
      if (!account) throw new AuthError('user_not_found', 'There is no such account.');
      const token = await asServer(asked.deps.server, async (tx) => {
        await audit(tx, {
          ...asked,
          action: 'password_link_made',
          targetUserId: account.id,
          performedBy: null,
          data: { kind: type },
        });
        return mintLink(tx, account.id, type, asked.now);
      });
      const target = safeRedirect(asked.deps.config, wanted);
      const query = new URLSearchParams({ token, type, redirect_to: target });
      return {
        ...toAuthUser(account),
        action_link: `${publicUrl(asked.deps.config).replace(/\/$/, '')}/auth/v1/verify?${query}`,
        email_otp: token,
        hashed_token: token,
        redirect_to: target,
        verification_type: type,
      };
    },
  );
}

/** supabase-js reads the numbers of the next and the last page from this header. */
function pageLinks(page: number, last: number, limit: number): string {
  const link = (to: number, rel: string) => `</auth/v1/admin/users?page=${to}&per_page=${limit}>; rel="${rel}"`;
  return [...(page < last ? [link(page + 1, 'next')] : []), link(last, 'last')].join(', ');
}
