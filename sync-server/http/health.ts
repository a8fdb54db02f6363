import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { missingMigrations } from '../db/migrate.ts';
import { AppError } from './errors.ts';

const healthy = z.object({ status: z.literal('ok') });

/** Why this process should be sent nobody, null when it may: it stops, its database does not answer or lacks migrations. */
export async function unreadiness({ people, server, drain }: Deps): Promise<AppError | null> {
  const because = (reason: string, cause?: unknown) =>
    new AppError('UNAVAILABLE', { retryAfter: 2, details: { reason }, cause });
  if (drain.hasBegun) return because('stopping');
  try {
    const [missing] = await Promise.all([missingMigrations(server), people.query('select 1')]);
    return missing.length > 0 ? because('migrations') : null;
  } catch (cause) {
    return because('database', cause);
  }
}

/** `/health/live`: the process answers. `/health/ready`: it may also be sent people. */
export function healthRoutes(app: FastifyInstance, deps: Deps): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const options = { config: { access: 'anyone' as const }, logLevel: 'warn' as const };
  const schema = { tags: ['health'], response: { 200: healthy } };

  routes.get('/health/live', { ...options, schema: { ...schema, summary: 'Is the process up' } }, () => ({
    status: 'ok' as const,
  }));

  routes.get('/health/ready', { ...options, schema: { ...schema, summary: 'Can it serve people' } }, async () => {
    const reason = await unreadiness(deps);
    if (reason) throw reason;
    return { status: 'ok' as const };
  });
}
