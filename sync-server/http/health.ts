import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { AppError } from './errors.ts';

const healthy = z.object({ status: z.literal('ok') });

/** `/health/live`: the process answers. `/health/ready`: it can also reach its database, with both logins. */
export function healthRoutes(app: FastifyInstance, { people, server }: Deps): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const options = { config: { access: 'anyone' as const }, logLevel: 'warn' as const };
  const schema = { tags: ['health'], response: { 200: healthy } };

  routes.get('/health/live', { ...options, schema: { ...schema, summary: 'Is the process up' } }, () => ({
    status: 'ok' as const,
  }));

  routes.get('/health/ready', { ...options, schema: { ...schema, summary: 'Can it serve people' } }, async () => {
    await Promise.all([people.query('select 1'), server.query('select 1')]).catch((cause: unknown) => {
      throw new AppError('UNAVAILABLE', { retryAfter: 2, cause });
    });
    return { status: 'ok' as const };
  });
}
