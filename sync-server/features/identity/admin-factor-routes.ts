import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { factorSchema } from '#contract/api/gotrue.ts';
import { removedFactorSchema } from '#contract/api/second-factor.ts';
import { asServer } from '../../db/as-actor.ts';
import { AuthError } from './auth-error.ts';
import { readAuthUser } from './auth-user.ts';
import type { CallOf } from './routes.ts';
import { takeFactorAway } from './unenrol-factor.ts';

const config = { access: 'operator' as const };
const described = { tags: ['admin'], security: [{ serviceKey: [] }] };

/** Second factors of others, for operators' programs: for somebody whose phone is gone. */
export function adminFactorRoutes(app: FastifyInstance, call: CallOf): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.get(
    '/auth/v1/admin/users/:id/factors',
    {
      config,
      schema: {
        ...described,
        summary: 'Factors of an account',
        params: z.object({ id: z.uuid() }),
        response: { 200: z.array(factorSchema) },
      },
    },
    async (request) => {
      const user = await readAuthUser(call(request).deps.server, request.params.id, 'operator');
      if (!user) throw new AuthError('user_not_found', 'User not found');
      return user.factors ?? [];
    },
  );

  routes.delete(
    '/auth/v1/admin/users/:id/factors/:factor',
    {
      config,
      schema: {
        ...described,
        summary: 'Take a factor away; with the last app its recovery codes go too',
        params: z.object({ id: z.uuid(), factor: z.uuid() }),
        response: { 200: removedFactorSchema },
      },
    },
    async (request) => {
      const asked = call(request);
      const { id: userId, factor: factorId } = request.params;
      await asServer(asked.deps.server, (tx) => takeFactorAway(asked, tx, { userId, factorId, performedBy: null }));
      return { id: factorId };
    },
  );
}
