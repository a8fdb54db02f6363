import { z } from 'zod';

export type CloudSettings = { url: string; version: string; phoneNumberId: string; token: string };
export type TemplateMessage = {
  rowId: string;
  to: string;
  template: string;
  language: string;
  places: readonly string[];
};

/**
 * Why a message did not leave.
 * - `retry`: later, with growing waits. - `wait`: not before `until`, and no try is lost. - `refused`: never.
 * - `misconfigured`: nothing can leave until an operator has changed something. - `unknown`: it may have left all the same.
 */
export type CloudFailureKind = 'retry' | 'wait' | 'refused' | 'misconfigured' | 'unknown';

/** Thrown by `sendTemplate`; the message names no number. */
export class CloudFailure extends Error {
  readonly kind: CloudFailureKind;
  readonly code: string | null;
  readonly waitMinutes: number | null;

  constructor(
    kind: CloudFailureKind,
    message: string,
    {
      code = null,
      waitMinutes = null,
      cause,
    }: { code?: string | null; waitMinutes?: number | null; cause?: unknown } = {},
  ) {
    super(message.slice(0, 300), { cause });
    this.name = 'CloudFailure';
    this.kind = kind;
    this.code = code;
    this.waitMinutes = waitMinutes;
  }
}

const timeoutMs = 30_000;
const accepted = z.object({ messages: z.array(z.object({ id: z.string().min(1).max(300) })).min(1) });
const refusal = z.object({ error: z.object({ code: z.number(), message: z.string().optional() }) });

/** Sends one approved template by Meta's Cloud API; answers the message's id (wamid). Throws `CloudFailure`. */
export async function sendTemplate(settings: CloudSettings, message: TemplateMessage): Promise<string> {
  const { url, version, phoneNumberId, token } = settings;
  const body = {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: message.to.replaceAll(/\D/g, ''),
    type: 'template',
    // Comes back with every status, so that a message whose answer was lost is found again.
    biz_opaque_callback_data: message.rowId,
    template: {
      name: message.template,
      language: { code: message.language },
      components: [{ type: 'body', parameters: message.places.map((text) => ({ type: 'text', text })) }],
    },
  };
  const response = await post(`${url.replace(/\/$/, '')}/${version}/${phoneNumberId}/messages`, token, body);
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw failureOf(response.status, refusal.safeParse(answer).data?.error);
  const { data } = accepted.safeParse(answer);
  if (!data) throw new CloudFailure('unknown', 'Meta answered something else than an id.');
  return data.messages[0]!.id;
}

async function post(url: string, token: string, body: object): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (cause) {
    const { code } = (cause as { cause?: { code?: string } }).cause ?? {};
    // Nobody listened, so nobody took it; of everything else nobody can say.
    if (code === 'ECONNREFUSED' || code === 'ENOTFOUND')
      throw new CloudFailure('retry', 'Meta cannot be reached.', { cause });
    throw new CloudFailure('unknown', 'Meta did not answer.', { cause });
  }
}

const misconfigured = new Set([
  0, 3, 10, 100, 190, 131030, 133010, 132000, 132001, 132005, 132007, 132012, 132015, 132016,
]);
/** Minutes to wait for each kind of limit: throughput, one recipient, quality and marketing. */
const waits = new Map([
  [4, 5],
  [80007, 5],
  [130429, 5],
  [131056, 1],
  [131048, 24 * 60],
  [131049, 24 * 60],
]);

function failureOf(status: number, error: { code: number; message?: string | undefined } | undefined): CloudFailure {
  const code = error?.code;
  const said = `Meta ${status} ${code ?? ''}: ${error?.message ?? ''}`;
  const facts = { code: code === undefined ? null : String(code) };
  if (code === undefined) return new CloudFailure(status >= 500 || status === 429 ? 'retry' : 'refused', said, facts);
  if (misconfigured.has(code) || (code >= 200 && code <= 299)) return new CloudFailure('misconfigured', said, facts);
  const waitMinutes = waits.get(code);
  if (waitMinutes !== undefined) return new CloudFailure('wait', said, { ...facts, waitMinutes });
  if (code === 131000 || code === 131016 || status >= 500) return new CloudFailure('retry', said, facts);
  return new CloudFailure('refused', said, facts);
}
