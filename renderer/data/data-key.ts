import type { DeviceDatabase } from './device-database.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/**
 * The key that lives and dies with this person's data on this device. Its public half goes with every sync request; by its private
 * half, which no page can read, the device shows later, signed out, that it is the one that holds this data (decisions, safety 6).
 */
export async function openDataKey(device: DeviceDatabase, deviceId: string): Promise<string> {
  const known = await device.keys.get('data');
  if (known?.name === 'data') {
    if (known.device_id !== deviceId) await device.keys.put({ ...known, device_id: deviceId });
    return publicHalf(known.pair);
  }
  const pair = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
  await device.keys.put({ name: 'data', pair, device_id: deviceId });
  return publicHalf(pair);
}

/** Signs a text as this device's data. */
export async function signAsData(pair: CryptoKeyPair, text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  return toBase64url(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, bytes));
}

const publicHalf = async (pair: CryptoKeyPair): Promise<string> =>
  toBase64url(await crypto.subtle.exportKey('raw', pair.publicKey));

export const toBase64url = (bytes: ArrayBuffer | Uint8Array<ArrayBuffer>): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');

/** Throws where the text is not base64url. */
export const fromBase64url = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
