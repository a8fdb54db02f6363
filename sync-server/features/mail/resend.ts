import { z } from 'zod';
import { MailFailure, type MailSender, type OutgoingMail } from './sender.ts';

const timeoutMs = 30_000;
/** Two requests a second is what Resend allows by default. */
const pause = 500;
const accepted = z.object({ id: z.string().min(1).max(200) });
const refusal = z.object({ name: z.string().optional(), message: z.string().optional() });

/** Resend's HTTP API (workflows 5.1). */
export function resendSender({ key, url, perMinute }: { key: string; url: string; perMinute: number }): MailSender {
  return {
    name: 'resend',
    pause: Math.max(Math.ceil(60_000 / perMinute), perMinute > 120 ? 0 : pause),
    close: () => undefined,
    async send(mail, from) {
      const response = await post(`${url.replace(/\/$/, '')}/emails`, key, mail, from);
      const body: unknown = await response.json().catch(() => null);
      if (!response.ok) throw failureOf(response, refusal.safeParse(body).data ?? {});
      const { data } = accepted.safeParse(body);
      // It took the mail, so trying again with the same key answers the same id.
      if (!data) throw new MailFailure('retry', 'Resend answered something else than an id.');
      return data.id;
    },
  };
}

async function post(
  url: string,
  key: string,
  mail: OutgoingMail,
  from: { address: string; name: string },
): Promise<Response> {
  const body = {
    from: `"${from.name.replaceAll(/["\\\r\n]/g, '')}" <${from.address}>`,
    to: [mail.to.address],
    ...(mail.cc.length > 0 ? { cc: mail.cc } : {}),
    subject: mail.subject,
    html: mail.html,
    text: mail.text,
    tags: [{ name: 'template', value: mail.template.replaceAll(/[^\w-]/g, '_').slice(0, 256) }],
    ...(mail.attachments.length > 0
      ? {
          attachments: mail.attachments.map(({ name, mime, content }) => ({
            filename: name,
            content: content.toString('base64'),
            content_type: mime,
          })),
        }
      : {}),
  };
  try {
    return await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'idempotency-key': mail.idempotencyKey,
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (cause) {
    throw new MailFailure('retry', 'Resend did not answer.', { cause });
  }
}

function failureOf(response: Response, { name = '', message = '' }: z.infer<typeof refusal>): MailFailure {
  const said = `Resend ${response.status} ${name}: ${message}`;
  switch (response.status) {
    case 401:
    case 403:
      return new MailFailure('misconfigured', said);
    case 409:
      // The same mail is being taken at this moment; any other conflict is a mistake of ours and stays one.
      return new MailFailure(name === 'concurrent_idempotent_requests' ? 'retry' : 'refused', said);
    case 429:
      return name === 'daily_quota_exceeded'
        ? new MailFailure('paused', said, { until: nextMidnight() })
        : new MailFailure('paused', said, { until: new Date(Date.now() + waitOf(response)) });
    default:
      return new MailFailure(response.status >= 500 || response.status === 408 ? 'retry' : 'refused', said);
  }
}

/** What `Retry-After` asks for in milliseconds, a second without it, ten minutes at most. */
const waitOf = (response: Response): number =>
  Math.min(Math.max(Number(response.headers.get('retry-after')) || 1, 1), 600) * 1000;

function nextMidnight(): Date {
  const day = new Date();
  return new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate() + 1));
}
