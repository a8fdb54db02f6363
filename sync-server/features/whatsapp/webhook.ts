import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import { AppError } from '../../http/errors.ts';
import { takeReports } from './reports.ts';

const handshake = z.object({
  'hub.mode': z.literal('subscribe'),
  'hub.verify_token': z.string().max(200),
  'hub.challenge': z.string().max(200),
});

const sameText = (given: string, expected: string): boolean => {
  const [a, b] = [given, expected].map((text) => createHmac('sha256', 'compare').update(text).digest());
  return timingSafeEqual(a!, b!);
};

/** Meta's `X-Hub-Signature-256` over the bytes as they came. */
export function isSigned(secret: string, header: unknown, body: Buffer): boolean {
  if (typeof header !== 'string' || !header.startsWith('sha256=')) return false;
  const given = Buffer.from(header.slice('sha256='.length), 'hex');
  const expected = createHmac('sha256', secret).update(body).digest();
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** `/webhooks/whatsapp` (workflows 5.2): the handshake, and signed reports. Not served until both secrets are configured. */
export function whatsappWebhook(app: FastifyInstance, deps: Deps): void {
  const { WHATSAPP_APP_SECRET: secret, WHATSAPP_VERIFY_TOKEN: verifyToken } = deps.config;
  if (!secret || !verifyToken) return;
  app.register(async (scope) => {
    scope.removeContentTypeParser('application/json');
    scope.addContentTypeParser('application/json', { parseAs: 'buffer', bodyLimit: 1024 * 1024 }, (_, body, done) =>
      done(null, body),
    );
    const config = { access: 'anyone' as const };
    const tags = ['webhooks'];
    scope.get(
      '/webhooks/whatsapp',
      { config, schema: { tags, summary: 'Handshake of WhatsApp' } },
      async (request, reply) => {
        const asked = handshake.safeParse(request.query);
        if (!asked.success || !sameText(asked.data['hub.verify_token'], verifyToken))
          throw new AppError('PERMISSION_DENIED');
        return reply.type('text/plain').send(asked.data['hub.challenge']);
      },
    );
    scope.post(
      '/webhooks/whatsapp',
      { config, schema: { tags, summary: 'Reports of WhatsApp' } },
      async (request, reply) => {
        const body = request.body as Buffer;
        if (!isSigned(secret, request.headers['x-hub-signature-256'], body)) throw new AppError('AUTH_REQUIRED');
        await takeReports(deps, body);
        return reply.status(200).send();
      },
    );
  });
}
