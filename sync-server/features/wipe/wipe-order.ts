import { createPublicKey, generateKeyPairSync, verify, type KeyObject } from 'node:crypto';
import { compactVerify, CompactSign, importJWK, errors } from 'jose';
import {
  wipeOrderSchema,
  wipeOrderType,
  wipeProofText,
  type WipeOrder,
  type WipeQuestion,
} from '#contract/api/wipe.ts';
import type { Deps } from '../../deps.ts';
import type { Pool } from '../../db/sql.ts';
import { currentDeviceKey, findDeviceKey } from '../../sync/device-keys.ts';

type Asked = { public_key: string | null; requested_at: string };

/**
 * The signed order for this device, null when there is nothing to do or it cannot show that it is the device it names. It is also
 * answered after the device's report, until it syncs again: the report may have come from a wipe that was cut short and begun anew.
 */
export async function writeWipeOrder({ server }: Deps, question: WipeQuestion): Promise<string | null> {
  const { rows } = await server.query<Asked>(
    `select public_key, wipe_requested_at as requested_at from devices
     where id = $1 and user_id = $2 and wipe_requested_at is not null and (wiped_at is null or wiped_at > last_sync_at)`,
    [question.device_id, question.user_id],
  );
  const asked = rows[0];
  const dataKey = asked?.public_key ? readDataKey(asked.public_key) : null;
  const proven = isProven(question, dataKey ?? nobodysKey);
  if (!asked || !dataKey || !proven) return null;
  const key = await findDeviceKey(server, 'wipe', question.kid);
  if (!key) return null;
  const held = await currentDeviceKey(server, 'held_work');
  const order: WipeOrder = {
    device_id: question.device_id,
    user_id: question.user_id,
    nonce: question.nonce,
    requested_at: new Date(asked.requested_at).toISOString(),
    held_key: { kid: held.kid, n: held.public_jwk.n!, e: held.public_jwk.e! },
  };
  return new CompactSign(new TextEncoder().encode(JSON.stringify(order)))
    .setProtectedHeader({ alg: 'ES256', kid: key.kid, typ: wipeOrderType })
    .sign(await importJWK(key.private_jwk, 'ES256'));
}

/** Verified where no device is known, so that the time taken does not tell which are. */
const nobodysKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;

const isProven = (question: WipeQuestion, key: KeyObject): boolean =>
  verify(
    'sha256',
    Buffer.from(wipeProofText(question)),
    { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(question.proof, 'base64url'),
  );

/** The key as the device named it; null where that is no point on the curve and can prove nothing. */
function readDataKey(text: string): KeyObject | null {
  const raw = Buffer.from(text, 'base64url');
  const [x, y] = [raw.subarray(1, 33).toString('base64url'), raw.subarray(33).toString('base64url')];
  try {
    return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  } catch {
    return null;
  }
}

/** Takes a device's report that it is done; answers when, null where the order is none of ours or was lifted meanwhile. */
export async function noteWiped({ server, serverKey, clock }: Deps, order: string): Promise<string | null> {
  const done = await readOrder(server, order);
  if (!done) return null;
  const { rows } = await server.query<{ wiped_at: string | null }>(
    'select server_note_wiped($1, $2, $3, $4) as wiped_at',
    [serverKey, done.user_id, done.device_id, clock.now()],
  );
  const at = rows[0]?.wiped_at;
  return at ? new Date(at).toISOString() : null;
}

async function readOrder(server: Pool, order: string): Promise<WipeOrder | null> {
  try {
    const { payload } = await compactVerify(
      order,
      async ({ kid = '' }) => {
        const key = await findDeviceKey(server, 'wipe', kid);
        if (!key) throw new errors.JWKSNoMatchingKey();
        return importJWK(key.public_jwk, 'ES256');
      },
      { algorithms: ['ES256'] },
    );
    return wipeOrderSchema.parse(JSON.parse(new TextDecoder().decode(payload)));
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}
