import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { authSessionSchema } from '#contract/api/gotrue.ts';
import { setupRequestSchema } from '#contract/api/identity.ts';
import { createRateLimit } from '../../http/rate-limit.ts';
import type { AccountHome } from './account-home.ts';
import { AuthError } from './auth-error.ts';
import { readDevice } from './devices.ts';
import type { CallOf } from './routes.ts';
import { setUp } from './setup.ts';

const triesPerMinute = 10;

/** The first account of an empty installation; closed from then on. */
export function setupRoutes(app: FastifyInstance, call: CallOf, home: AccountHome): void {
  const perAddress = createRateLimit(triesPerMinute);
  app.withTypeProvider<ZodTypeProvider>().post(
    '/auth/v1/setup',
    {
      config: { access: 'anyone' },
      schema: {
        tags: ['auth'],
        summary: 'Make the first superadmin with the one-time secret that the server printed',
        body: setupRequestSchema,
        response: { 200: authSessionSchema },
      },
    },
    async (request) => {
      const asked = call(request);
      const retryAfter = perAddress.take(request.ip, asked.now);
      if (retryAfter > 0)
        throw new AuthError('over_request_rate_limit', 'Too many tries. Wait a minute.', { retryAfter });
      return setUp(asked, home, request.body, readDevice(request));
    },
  );
}
