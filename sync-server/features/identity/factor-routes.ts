import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  challengeSchema,
  enrolledFactorSchema,
  enrolRequestSchema,
  raisedSessionSchema,
  removedFactorSchema,
  verifyFactorSchema,
} from '#contract/api/second-factor.ts';
import type { AccountHome } from './account-home.ts';
import { signedIn, type CallOf } from './routes.ts';

const described = { tags: ['auth'], security: [{ session: [] }] };
/** Open to a session that still owes its second step: here is where it gives it. */
const config = { access: 'newcomer' as const };
const byId = z.object({ id: z.uuid() });

/** Authenticator apps, as `supabase.auth.mfa` calls them. */
export function factorRoutes(app: FastifyInstance, call: CallOf, home: AccountHome): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.post(
    '/auth/v1/factors',
    {
      config,
      schema: {
        ...described,
        summary: 'Start setting up an authenticator app',
        body: enrolRequestSchema,
        response: { 200: enrolledFactorSchema },
      },
    },
    async (request) => home.enrolFactor(call(request), signedIn(request), request.body),
  );

  routes.post(
    '/auth/v1/factors/:id/challenge',
    {
      config,
      schema: {
        ...described,
        summary: 'Open a question that this session answers with a code',
        params: byId,
        response: { 200: challengeSchema },
      },
    },
    async (request) => home.challengeFactor(call(request), signedIn(request), request.params.id),
  );

  routes.post(
    '/auth/v1/factors/:id/verify',
    {
      config,
      schema: {
        ...described,
        summary: 'Answer with a code: the session rises, and a new factor counts from then on',
        params: byId,
        body: verifyFactorSchema,
        response: { 200: raisedSessionSchema },
      },
    },
    async (request) => {
      const { challenge_id: challengeId, code } = request.body;
      const answer = { factorId: request.params.id, challengeId, code };
      return home.verifyFactor(call(request), signedIn(request), answer);
    },
  );

  routes.delete(
    '/auth/v1/factors/:id',
    {
      config,
      schema: {
        ...described,
        summary: 'Take one of the own factors away',
        params: byId,
        response: { 200: removedFactorSchema },
      },
    },
    async (request) => home.unenrolFactor(call(request), signedIn(request), request.params.id),
  );
}
