import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import {
  raisedSessionSchema,
  recoveryCodesRequestSchema,
  recoveryCodesSchema,
  recoveryStatusSchema,
  removedFactorSchema,
  useRecoveryCodeSchema,
} from '#contract/api/second-factor.ts';
import {
  makeRecoveryCodes,
  readRecoveryStatus,
  removeRecoveryCodes,
  replaceRecoveryCodes,
  takeRecoveryCode,
} from './recovery-codes.ts';
import type { CallOf } from './routes.ts';

const described = { tags: ['auth'], security: [{ session: [] }] };
const config = { access: 'newcomer' as const };
const path = '/auth/v1/factors/recovery-codes';
const ownerOf = (request: FastifyRequest) => ({ userId: request.actor.id, session: request.session });

/** Codes for the day the phone is lost, as `supabase.auth.mfa.recoveryCodes` calls them. */
export function recoveryCodeRoutes(app: FastifyInstance, call: CallOf): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.get(
    path,
    { config, schema: { ...described, summary: 'How many codes are left', response: { 200: recoveryStatusSchema } } },
    async (request) => readRecoveryStatus(call(request).deps.server, request.actor.id),
  );

  routes.post(
    path,
    {
      config,
      schema: {
        ...described,
        summary: 'Make ten codes, shown once',
        body: recoveryCodesRequestSchema,
        response: { 200: recoveryCodesSchema },
      },
    },
    async (request) => makeRecoveryCodes(call(request), ownerOf(request), request.body?.friendly_name),
  );

  routes.post(
    `${path}/regenerate`,
    { config, schema: { ...described, summary: 'Replace the codes', response: { 200: recoveryCodesSchema } } },
    async (request) => replaceRecoveryCodes(call(request), ownerOf(request)),
  );

  routes.post(
    `${path}/verify`,
    {
      config,
      schema: {
        ...described,
        summary: 'Use one code in place of the app',
        body: useRecoveryCodeSchema,
        response: { 200: raisedSessionSchema },
      },
    },
    async (request) => {
      const who = { userId: request.actor.id, sessionId: request.session.id };
      return takeRecoveryCode(call(request), who, request.body.code);
    },
  );

  routes.delete(
    path,
    { config, schema: { ...described, summary: 'Remove the codes', response: { 200: removedFactorSchema } } },
    async (request) => removeRecoveryCodes(call(request), ownerOf(request)),
  );
}
