import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHmac, randomBytes, randomUUID } from 'node:crypto';

/** One request as the stand-in took it. */
export type TakenMail = {
  id: string;
  key: string;
  body: {
    from: string;
    to: string[];
    cc?: string[];
    subject: string;
    text: string;
    html: string;
    attachments?: unknown[];
  };
};

type Scripted = { status: number; name?: string; headers?: Record<string, string> } | 'hang-up' | 'lost';

/** Resend, as far as sending goes: keys, idempotency, and the ways in which it fails. */
export type ResendStandIn = {
  url: string;
  apiKey: string;
  webhookSecret: string;
  /** Mails it delivered, one per idempotency key. */
  taken: TakenMail[];
  /** All requests, also those it refused. */
  asked: number;
  /**
   * Answers of the next requests, in order; after them all is well again. `lost`: the mail is taken and the answer never arrives.
   */
  script: Scripted[];
  /** Headers and body of a signed report about a mail. */
  report(type: string, id: string, data?: object): { headers: Record<string, string>; body: string };
  close(): Promise<void>;
};

export async function startResendStandIn(): Promise<ResendStandIn> {
  const secret = randomBytes(24);
  const byKey = new Map<string, { id: string; raw: string }>();
  const server = createServer((request, response) => {
    let raw = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (raw += chunk));
    request.on('end', () => {
      standIn.asked++;
      const answer = (status: number, body: object, headers: Record<string, string> = {}) =>
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
      const refuse = (statusCode: number, name: string) => answer(statusCode, { statusCode, name, message: name });
      if (request.url !== '/emails' || request.method !== 'POST') return refuse(404, 'not_found');
      if (request.headers.authorization !== `Bearer ${standIn.apiKey}`) return refuse(401, 'invalid_api_key');
      const step = standIn.script.shift();
      if (step === 'hang-up') return request.socket.destroy();
      if (step && step !== 'lost')
        return answer(
          step.status,
          { statusCode: step.status, name: step.name ?? 'error', message: 'scripted' },
          step.headers,
        );
      const key = String(request.headers['idempotency-key'] ?? '');
      const known = byKey.get(key);
      if (known && known.raw !== raw) return refuse(409, 'invalid_idempotent_request');
      const { id } = known ?? { id: randomUUID() };
      if (!known) {
        byKey.set(key, { id, raw });
        standIn.taken.push({ id, key, body: JSON.parse(raw) as TakenMail['body'] });
      }
      return step === 'lost' ? request.socket.destroy() : answer(200, { id });
    });
  });
  const standIn: ResendStandIn = {
    url: '',
    apiKey: `re_${randomBytes(12).toString('hex')}`,
    webhookSecret: `whsec_${secret.toString('base64')}`,
    taken: [],
    asked: 0,
    script: [],
    report(type, id, data = {}) {
      const body = JSON.stringify({ type, created_at: new Date().toISOString(), data: { email_id: id, ...data } });
      const stamp = String(Math.floor(Date.now() / 1000));
      const name = `msg_${randomUUID()}`;
      const signature = createHmac('sha256', secret).update(`${name}.${stamp}.${body}`).digest('base64');
      return {
        headers: {
          'content-type': 'application/json',
          'svix-id': name,
          'svix-timestamp': stamp,
          'svix-signature': `v1,AAAA v1,${signature}`,
        },
        body,
      };
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  // A connection that is given up just as the next request takes it would be a fault nobody asked for.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  standIn.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return standIn;
}
