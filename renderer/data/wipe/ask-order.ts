import {
  wipeAnswerSchema,
  wipedAnswerSchema,
  wipeProofText,
  type WipeKey,
  type WipeOrder,
} from '#contract/api/wipe.ts';
import { ask, jsonOf, refusalOf } from '../../platform/answers.ts';
import { NetworkError } from '../../platform/errors.ts';
import { signAsData, toBase64url } from '../data-key.ts';
import { readMark, type DeviceDatabase } from '../device-database.ts';
import { readOrder } from './read-order.ts';

export type WipeDoor = { fetch: typeof fetch; serverUrl: () => Promise<string> };
export type VerifiedOrder = { text: string; order: WipeOrder };

/**
 * Asks the server whether this person's data here is to be wiped; null: not, or the answer is no order for this device. Throws
 * `NetworkError` where nobody, or somebody else than the server, answered.
 */
export async function askForOrder(
  door: WipeDoor,
  device: DeviceDatabase,
  userId: string,
  toldNow: WipeKey | null = null,
): Promise<VerifiedOrder | null> {
  const [dataKey, mark] = await Promise.all([device.keys.get('data'), readMark(device)]);
  const wipeKey = mark.wipe_key ?? toldNow;
  // Data without a key was never synced with a server that gives orders.
  if (dataKey?.name !== 'data' || !wipeKey) return null;
  const asked = {
    device_id: dataKey.device_id,
    user_id: userId,
    nonce: toBase64url(crypto.getRandomValues(new Uint8Array(32))),
  };
  const proof = await signAsData(dataKey.pair, wipeProofText(asked));
  const { order } = await post(door, 'wipe-order', { ...asked, kid: wipeKey.kid, proof }, wipeAnswerSchema);
  const verified = order && (await readOrder(order, wipeKey, asked));
  return order && verified ? { text: order, order: verified } : null;
}

/** Hands the order back: done. Throws `NetworkError`. */
export async function reportWiped(door: WipeDoor, order: string): Promise<void> {
  await post(door, 'wiped', { order }, wipedAnswerSchema);
}

async function post<T>(
  { fetch, serverUrl }: WipeDoor,
  path: string,
  body: object,
  schema: { safeParse(value: unknown): { success: true; data: T } | { success: false } },
): Promise<T> {
  const response = await ask(fetch, `${await serverUrl()}/sync/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(15_000),
  });
  if (!response.ok) throw await refusalOf(response);
  const parsed = schema.safeParse(await jsonOf(response));
  if (!parsed.success) throw new NetworkError('an answer that is not this server’s', { answered: true });
  return parsed.data;
}
