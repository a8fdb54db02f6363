import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { WipeKey } from '#contract/api/wipe.ts';
import { asServer } from '../db/as-actor.ts';
import type { Pool, Tx } from '../db/sql.ts';

/** `wipe` signs wipe orders; `held_work` opens the keys of work that a wiped device sealed. */
export type KeyPurpose = 'wipe' | 'held_work';
export type DeviceKey = { kid: string; public_jwk: JWK; private_jwk: JWK };

/** Algorithms by purpose. RSA, because a device seals with one call of WebCrypto and needs no key of its own for it. */
const algorithms = {
  wipe: { name: 'ES256', options: {} },
  held_work: { name: 'RSA-OAEP-256', options: { modulusLength: 3072 } },
} as const;

/** How long a process goes on with the key it read last. A device that was given it meanwhile is still answered. */
const freshMs = 30_000;
type Remembered = Partial<Record<KeyPurpose, { key: DeviceKey; at: number }>>;
const remembered = new WeakMap<Pool, Remembered>();

/** The key that is given out now; made when there is none. Kept in the database, so that several processes and a restart agree. */
export async function currentDeviceKey(server: Pool, purpose: KeyPurpose): Promise<DeviceKey> {
  const known = remembered.get(server) ?? {};
  remembered.set(server, known);
  const last = known[purpose];
  if (last && performance.now() - last.at < freshMs) return last.key;
  const key = (await selectCurrent(server, purpose)) ?? (await makeFirst(server, purpose));
  known[purpose] = { key, at: performance.now() };
  return key;
}

/** The public half of the key for wipe orders, as `hello` tells it. */
export async function wipeKeyOf(server: Pool): Promise<WipeKey> {
  const { kid, public_jwk } = await currentDeviceKey(server, 'wipe');
  return { kid, x: public_jwk.x!, y: public_jwk.y! };
}

/** The key of this name, also a retired one: devices and held work wait for months. Null when there is none (any more). */
export async function findDeviceKey(server: Pool, purpose: KeyPurpose, kid: string): Promise<DeviceKey | null> {
  const { rows } = await server.query<DeviceKey>(
    'select kid, public_jwk, private_jwk from device_keys where purpose = $1 and kid = $2',
    [purpose, kid],
  );
  return rows[0] ?? null;
}

/** Puts new keys in place of both present ones; the old ones go on answering until they are forgotten. */
export async function rotateDeviceKeys(server: Pool): Promise<void> {
  await asServer(server, async (tx) => {
    await lockKeys(tx);
    await tx.query('update device_keys set retired_at = now() where retired_at is null');
    await insertKey(tx, 'wipe');
    await insertKey(tx, 'held_work');
  });
  remembered.delete(server);
}

async function selectCurrent(db: Tx, purpose: KeyPurpose): Promise<DeviceKey | null> {
  const { rows } = await db.query<DeviceKey>(
    'select kid, public_jwk, private_jwk from device_keys where purpose = $1 and retired_at is null',
    [purpose],
  );
  return rows[0] ?? null;
}

/** Two processes that start at once must end with one key. */
const makeFirst = (server: Pool, purpose: KeyPurpose): Promise<DeviceKey> =>
  asServer(server, async (tx) => {
    await lockKeys(tx);
    return (await selectCurrent(tx, purpose)) ?? insertKey(tx, purpose);
  });

const lockKeys = (tx: Tx) => tx.query("select pg_advisory_xact_lock(hashtext('device_keys'))");

async function insertKey(tx: Tx, purpose: KeyPurpose): Promise<DeviceKey> {
  const { name, options } = algorithms[purpose];
  const pair = await generateKeyPair(name, { extractable: true, ...options });
  const [public_jwk, private_jwk] = await Promise.all([exportJWK(pair.publicKey), exportJWK(pair.privateKey)]);
  const kid = await calculateJwkThumbprint(public_jwk);
  await tx.query('insert into device_keys (kid, purpose, public_jwk, private_jwk) values ($1, $2, $3, $4)', [
    kid,
    purpose,
    JSON.stringify(public_jwk),
    JSON.stringify(private_jwk),
  ]);
  return { kid, public_jwk, private_jwk };
}
