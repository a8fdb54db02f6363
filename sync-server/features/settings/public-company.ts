import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { publicCompanySchema } from '#contract/api/settings.ts';
import type { Deps } from '../../deps.ts';
import { AppError } from '../../http/errors.ts';

/** Name and logo for the sign-in page: all that is told before anybody is known. */
export function publicCompanyRoute(app: FastifyInstance, deps: Deps): void {
  app.withTypeProvider<ZodTypeProvider>().get(
    '/functions/v1/public-company',
    {
      config: { access: 'anyone' },
      schema: {
        tags: ['public'],
        summary: 'Name and logo of the company',
        response: { 200: z.object({ success: z.literal(true), data: publicCompanySchema }) },
      },
    },
    async (_, reply) => {
      const { rows } = await deps.server.query<{ company: { name: string; logo_path: string | null } | null }>(
        'select server_public_company($1) as company',
        [deps.serverKey],
      );
      const company = rows[0]?.company;
      if (!company) throw new AppError('NOT_FOUND');
      reply.header('cache-control', 'public, max-age=60');
      const logo_url = company.logo_path && `/storage/v1/object/public/company-logos/${company.logo_path}`;
      return { success: true as const, data: { name: company.name, logo_url } };
    },
  );
}
