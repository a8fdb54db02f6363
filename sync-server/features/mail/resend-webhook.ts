import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { asServer } from '../../db/as-actor.ts';
import type { Deps } from '../../deps.ts';
import { AppError } from '../../http/errors.ts';
import { writeAudit } from '../people/index.ts';
import { markUndeliverable } from './mail-queue.ts';

/** A report older or newer than this may be a recording of one. */
const freshSeconds = 300;
const report = z.object({
  type: z.string(),
  data: z.object({ email_id: z.string().max(200), bounce: z.object({ type: z.string().optional() }).optional() }),
});
type Report = z.infer<typeof report>;

/** What Resend reports about mails it took: delivered, bounced, complained. Repeated and out of order they change nothing more. */
export function resendWebhook(app: FastifyInstance, deps: Deps): void {
  const secret = deps.config.RESEND_WEBHOOK_SECRET;
  if (!secret) return;
  app.register(async (scope) => {
    // The signature is over the bytes as they came.
    scope.removeContentTypeParser('application/json');
    scope.addContentTypeParser('application/json', { parseAs: 'buffer', bodyLimit: 256 * 1024 }, (_, body, done) =>
      done(null, body),
    );
    scope.post(
      '/webhooks/resend',
      { config: { access: 'anyone' }, schema: { tags: ['webhooks'], summary: 'Reports of the mail service' } },
      async (request, reply) => {
        const body = request.body as Buffer;
        if (!isSigned(secret, request, body, deps.clock.now())) throw new AppError('AUTH_REQUIRED');
        const parsed = report.safeParse(parseJson(body));
        if (parsed.success) await take(deps, parsed.data);
        return reply.status(204).send();
      },
    );
  });
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    // Signed, yet no JSON: nothing we know.
    return null;
  }
}

/** Svix's signature: HMAC-SHA256 over `id.timestamp.body`, one of several in the header. */
export function isSigned(
  secret: string,
  { headers }: Pick<FastifyRequest, 'headers'>,
  body: Buffer,
  now: Date,
): boolean {
  const [id, timestamp, signatures] = ['svix-id', 'svix-timestamp', 'svix-signature'].map((name) => headers[name]);
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') return false;
  const age = Math.abs(now.getTime() / 1000 - Number(timestamp));
  if (!(age <= freshSeconds)) return false;
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
  return signatures.split(' ').some((signature) => {
    const [version, value = ''] = signature.split(',');
    const given = Buffer.from(value, 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
}

async function take(deps: Deps, { type, data }: Report): Promise<void> {
  // A soft bounce is tried again by the service itself.
  const hard = type === 'email.complained' || (type === 'email.bounced' && data.bounce?.type !== 'Transient');
  if (!hard) return;
  await asServer(deps.server, async (tx) => {
    const { rows } = await tx.query<{ id: string; user_id: string | null; address: string; template_key: string }>(
      `update email_queue set status = 'failed', error_message = $2
       where provider = 'resend' and provider_message_id = $1 and status = 'sent'
       returning id, user_id, recipient_email as address, template_key`,
      [data.email_id, type],
    );
    const mail = rows[0];
    if (!mail) return;
    await markUndeliverable(tx, mail.address);
    await writeAudit(tx, deps, {
      actor: null,
      entity: 'email_queue',
      id: mail.id,
      action: 'mail.failed',
      about: mail.user_id,
      summary: '',
      data: { template: mail.template_key, kind: type },
    });
  });
}
