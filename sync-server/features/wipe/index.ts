import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { wipeAnswerSchema, wipedAnswerSchema, wipedReportSchema, wipeQuestionSchema } from '#contract/api/wipe.ts';
import type { Deps, Feature } from '../../deps.ts';
import { addCommand } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { createRateLimit } from '../../http/rate-limit.ts';
import { forgetDeviceKeys } from './forget-device-keys.job.ts';
import { openHeldWork } from './held-work.ts';
import { noteWiped, writeWipeOrder } from './wipe-order.ts';

const tags = ['sync'];
/** Whoever asks has no session any more; the question carries its own proof. */
const anyone = { access: 'anyone' as const };
/** Questions and reports of one address in a minute: a school's whole class behind one address still fits. */
const callsPerMinute = 120;

function routes(app: FastifyInstance, deps: Deps): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  const limit = createRateLimit(callsPerMinute);
  const limited = (address: string): void => {
    const wait = limit.take(address, deps.clock.now());
    if (wait > 0) throw new AppError('RATE_LIMIT_EXCEEDED', { retryAfter: wait });
  };

  typed.post(
    '/sync/v1/wipe-order',
    {
      config: anyone,
      schema: {
        tags,
        summary: 'Ask, as a device, for its signed wipe order',
        body: wipeQuestionSchema,
        response: { 200: wipeAnswerSchema },
      },
    },
    async (request) => {
      limited(request.ip);
      return { order: await writeWipeOrder(deps, request.body) };
    },
  );

  typed.post(
    '/sync/v1/wiped',
    {
      config: anyone,
      schema: {
        tags,
        summary: 'Report, as a device, that its wipe order was carried out',
        body: wipedReportSchema,
        response: { 200: wipedAnswerSchema },
      },
    },
    async (request) => {
      limited(request.ip);
      return { wiped_at: await noteWiped(deps, request.body.order) };
    },
  );

  addCommand(app, deps, openHeldWork);
}

/** The wipe of a device: its order, its report, and the work it kept. */
export const wipe: Feature = { name: 'wipe', routes, jobs: [forgetDeviceKeys] };
