import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  adminCreateUserSchema,
  adminDeleteUserSchema,
  adminListQuerySchema,
  adminUpdateUserSchema,
  authUserSchema,
  generatedLinkSchema,
  generateLinkSchema,
  inviteRequestSchema,
  redirectQuerySchema,
} from '#contract/api/gotrue.ts';
import type { AccountHome } from './account-home.ts';
import { createAccount, removeAccount } from './admin.ts';
import { updateAccount } from './admin-update.ts';
import { AuthError } from './auth-error.ts';
import { listAuthUsers, readAuthUser } from './auth-user.ts';
import { generateLink } from './generate-link.ts';
import { inviteAccount } from './invite.ts';
import { auditKeyUse } from './queries.ts';
import type { CallOf } from './routes.ts';

const config = { access: 'operator' as const };
const described = { tags: ['admin'], security: [{ serviceKey: [] }] };
const byId = z.object({ id: z.uuid() });

/** Accounts for operators' programs, by the service key only; staff in the app use commands under their own session. */
export function adminRoutes(app: FastifyInstance, call: CallOf, home: AccountHome): void {
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
        summary: 'Accounts, newest first',
        querystring: adminListQuerySchema,
        response: { 200: z.object({ users: z.array(authUserSchema), aud: z.string() }) },
      },
    },
    async (request, reply) => {
      const page = Math.max(1, request.query.page);
      const limit = request.query.per_page || 50;
      const { users, total } = await listAuthUsers(call(request).deps.server, { limit, offset: (page - 1) * limit });
      reply
        .header('x-total-count', total)
        .header('link', pageLinks(page, Math.max(1, Math.ceil(total / limit)), limit));
      return { users, aud: 'authenticated' };
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
    async (request) => createAccount(call(request), home, request.body),
  );

  routes.get(
    '/auth/v1/admin/users/:id',
    { config, schema: { ...described, summary: 'One account', params: byId, response: { 200: authUserSchema } } },
    async (request) => {
      const user = await readAuthUser(call(request).deps.server, request.params.id, 'operator');
      if (!user) throw new AuthError('user_not_found', 'User not found');
      return user;
    },
  );

  routes.put(
    '/auth/v1/admin/users/:id',
    {
      config,
      schema: {
        ...described,
        summary: 'Change an account: address, name, role, password, ban, facts',
        params: byId,
        body: adminUpdateUserSchema,
        response: { 200: authUserSchema },
      },
    },
    async (request) => updateAccount(call(request), home, request.params.id, request.body),
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
    async (request) => inviteAccount(call(request), home, request.body),
  );

  routes.delete(
    '/auth/v1/admin/users/:id',
    {
      config,
      schema: {
        ...described,
        summary: 'Remove an account from the list and shut it; nothing it wrote is removed',
        params: byId,
        body: adminDeleteUserSchema,
        response: { 200: z.object({}) },
      },
    },
    async (request) => {
      await removeAccount(call(request), request.params.id, { soft: request.body.should_soft_delete });
      return {};
    },
  );

  routes.post(
    '/auth/v1/admin/generate_link',
    {
      config,
      schema: {
        ...described,
        summary: 'A link of a mail, for operators who send it themselves',
        querystring: redirectQuerySchema,
        body: generateLinkSchema,
        response: { 200: generatedLinkSchema },
      },
    },
    async (request) => generateLink(call(request), home, { ...request.query, ...request.body }),
  );
}

/** supabase-js reads the numbers of the next and the last page from this header. */
function pageLinks(page: number, last: number, limit: number): string {
  const link = (to: number, rel: string) => `</auth/v1/admin/users?page=${to}&per_page=${limit}>; rel="${rel}"`;
  return [...(page < last ? [link(page + 1, 'next')] : []), link(last, 'last')].join(', ');
}
