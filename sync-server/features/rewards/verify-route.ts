import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { verifiedSchema, verifyCertificateSchema } from '#contract/api/rewards.ts';
import { asServer } from '../../db/as-actor.ts';
import type { Deps } from '../../deps.ts';
import { AppError } from '../../http/errors.ts';
import { createRateLimit } from '../../http/rate-limit.ts';
import { readVerificationCode } from './verification-code.ts';

/** Look-ups from one address in a minute (workflows 3.29). */
const lookUpsPerMinute = 30;

/** Anybody may ask whether a certificate is genuine: name, title, day and whether it stands, and nothing else. */
export function verifyRoute(app: FastifyInstance, deps: Deps): void {
  const limit = createRateLimit(lookUpsPerMinute);
  app.withTypeProvider<ZodTypeProvider>().post(
    '/functions/v1/verify-certificate',
    {
      config: { access: 'anyone' },
      schema: {
        tags: ['public'],
        summary: 'Whether a certificate is genuine',
        body: verifyCertificateSchema,
        response: { 200: z.object({ success: z.literal(true), data: verifiedSchema }) },
      },
    },
    async (request) => {
      const wait = limit.take(request.ip, deps.clock.now());
      if (wait > 0) throw new AppError('RATE_LIMIT_EXCEEDED', { retryAfter: wait });
      const { rows } = await asServer(deps.server, (tx) =>
        tx.query<{ found: z.output<typeof verifiedSchema> | null }>(
          'select server_verify_certificate($1, $2) as found',
          [deps.serverKey, readVerificationCode(request.body.code)],
        ),
      );
      const found = rows[0]?.found;
      if (!found) throw new AppError('NOT_FOUND', { message: 'There is no certificate with this code.' });
      return { success: true as const, data: found };
    },
  );
}
