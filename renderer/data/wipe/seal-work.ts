import { v7 as uuidv7 } from 'uuid';
import type { WipeOrder } from '#contract/api/wipe.ts';
import { fromBase64url, toBase64url } from '../data-key.ts';
import type { DeviceDatabase } from '../device-database.ts';
import { sealerWith, type Sealer } from '../sealing.ts';
import type { HeldDatabase, HeldFileRow } from './held-database.ts';
import { countPieces, gatherWork, isEmpty } from './work.ts';

const workKey = { name: 'AES-GCM', length: 256 } as const;
const serverKey = { name: 'RSA-OAEP', hash: 'SHA-256' } as const;

/**
 * Seals a person's unsent work with a random key, and that key to the server's: from now on this device cannot read it. Written
 * durably, and marked as done in the same transaction; begun again after a power cut, it starts over.
 */
export async function sealWork(
  held: HeldDatabase,
  device: DeviceDatabase,
  sealer: Sealer,
  wipe: { user_id: string; held_key: WipeOrder['held_key']; at: string },
): Promise<void> {
  const work = await gatherWork(device, sealer);
  const id = uuidv7();
  const key = await crypto.subtle.generateKey(workKey, true, ['encrypt', 'decrypt']);
  const box = sealerWith(key);
  const sealed = isEmpty(work) ? null : await box.sealJson(work);
  await dropStray(held);
  if (sealed) {
    for (const { file_id } of work.uploads) {
      const row = await device.bytes.get(file_id);
      const bytes = row && (await sealer.open(row.sealed));
      if (!row || !bytes) continue;
      const file: HeldFileRow = {
        key: `${id}/${file_id}`,
        held_id: id,
        file_id,
        mime: row.mime,
        sealed: await box.seal(bytes),
      };
      await held.files.put(file);
    }
  }
  const sealed_key = await sealKey(key, wipe.held_key, wipe.user_id);
  await held.transaction('rw', held.held, held.wipes, async () => {
    if (sealed)
      await held.held.put({
        id,
        user_id: wipe.user_id,
        kid: wipe.held_key.kid,
        sealed_key,
        sealed,
        pieces: countPieces(work),
        kept_at: wipe.at,
      });
    await held.wipes.update(wipe.user_id, { step: 'keys' });
  });
}

/** Files of an attempt at sealing that was cut short: their key is gone, nobody will ever open them. */
async function dropStray(held: HeldDatabase): Promise<void> {
  const known = await held.held.toCollection().primaryKeys();
  await held.files.filter(({ held_id }) => !known.includes(held_id)).delete();
}

/** The person's id is part of the seal: the server opens it for nobody else. */
async function sealKey(key: CryptoKey, { n, e }: WipeOrder['held_key'], userId: string): Promise<string> {
  const to = await crypto.subtle.importKey('jwk', { kty: 'RSA', n, e }, serverKey, false, ['encrypt']);
  const raw = await crypto.subtle.exportKey('raw', key);
  const label = new TextEncoder().encode(userId);
  return toBase64url(await crypto.subtle.encrypt({ name: 'RSA-OAEP', label }, to, raw));
}

/** The sealer of held work whose key the server opened. */
export async function openedSealer(key: string): Promise<Sealer> {
  return sealerWith(await crypto.subtle.importKey('raw', fromBase64url(key), workKey, false, ['decrypt']));
}
