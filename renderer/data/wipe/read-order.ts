import { wipeOrderSchema, wipeOrderType, type WipeKey, type WipeOrder, type WipeQuestion } from '#contract/api/wipe.ts';
import { fromBase64url } from '../data-key.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/**
 * The order in this text, null unless it is one: signed by the key that this device was given while it was signed in, and naming
 * this device, this person and the nonce of this very question. Nothing else wipes (decisions, safety 6).
 */
export async function readOrder(
  text: string,
  key: WipeKey,
  asked: Pick<WipeQuestion, 'device_id' | 'user_id' | 'nonce'>,
): Promise<WipeOrder | null> {
  const [head, body, signature, ...rest] = text.split('.');
  if (!head || !body || !signature || rest.length > 0) return null;
  try {
    const header = parse(head) as { alg?: unknown; kid?: unknown; typ?: unknown };
    if (header.alg !== 'ES256' || header.kid !== key.kid || header.typ !== wipeOrderType) return null;
    const jwk = { kty: 'EC', crv: 'P-256', x: key.x, y: key.y };
    const signer = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['verify']);
    const signed = new TextEncoder().encode(`${head}.${body}`);
    const genuine = await crypto.subtle.verify(
      { name: 'ECDSA', hash: 'SHA-256' },
      signer,
      fromBase64url(signature),
      signed,
    );
    if (!genuine) return null;
    const order = wipeOrderSchema.parse(parse(body));
    const isOurs =
      order.device_id === asked.device_id && order.user_id === asked.user_id && order.nonce === asked.nonce;
    return isOurs ? order : null;
  } catch {
    // Not base64url, not JSON, not the shape of an order: it is none.
    return null;
  }
}

const parse = (part: string): unknown => JSON.parse(new TextDecoder().decode(fromBase64url(part)));
