import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  errors,
  type CryptoKey,
  type JWK,
  type JWTHeaderParameters,
} from 'jose';
import { asServer } from '../db/as-actor.ts';
import type { Pool, Tx } from '../db/sql.ts';

/**
 * What a key is for. `access`: tokens of sessions. `evidence`: times told to devices and receipts of work, which open no door and
 * are verified long after; a key of one purpose is never looked at for the other.
 */
export type KeyPurpose = 'access' | 'evidence';

/** Whose access tokens are taken, and the keys that prove them. */
export type TokenKeys = {
  /** `algorithms` are all asymmetric; a token that names another is refused before any key is looked at. */
  accepts: { issuer: string; algorithms: string[] };
  /** The public key that something signed names in its header; throws jose's NoMatchingKey for a foreign one. */
  find(header: JWTHeaderParameters): Promise<CryptoKey>;
  /** Public halves of every key whose signatures may still count. */
  jwks(): Promise<{ keys: JWK[] }>;
};

/** The keys of one purpose. Kept in the database, so that several processes and a restart agree. */
export type SigningKeys = TokenKeys & {
  current(): Promise<{ kid: string; privateKey: CryptoKey }>;
};

type StoredKey = { kid: string; public_jwk: JWK; private_jwk: JWK; retired_at: Date | null };

const algorithm = 'ES256';
/** One name for every address this server is reached at, so that a moved port does not spoil tokens. */
const ownIssuer = 'growth-os';
/**
 * How long a retired key is still taken and listed: the life of a token (15 minutes), and the while that another process may
 * go on signing with a list it read just before.
 */
const afterlifeMinutes = 20;
/** How long the key list is remembered; a token with an unknown key asks again, at most this often. */
const freshMs = 30_000;
const unknownKeyMs = 1000;

/** Reads the keys when first asked and makes one when there is none. */
export function createSigningKeys(server: Pool, purpose: KeyPurpose = 'access'): SigningKeys {
  let loaded: { keys: StoredKey[]; at: number } | null = null;
  let loading: Promise<StoredKey[]> | null = null;
  const imported = new Map<string, Promise<CryptoKey>>();

  /** Monotonic on purpose: a clock that a test or an operator moves must not freeze the list. */
  const load = async (maxAgeMs: number): Promise<StoredKey[]> => {
    if (loaded && performance.now() - loaded.at < maxAgeMs) return loaded.keys;
    loading ??= asServer(server, (tx) => readKeys(tx, purpose))
      .then((keys) => {
        loaded = { keys, at: performance.now() };
        return keys;
      })
      .finally(() => (loading = null));
    return loading;
  };
  const importOnce = (name: string, jwk: JWK): Promise<CryptoKey> => {
    const key = imported.get(name) ?? (importJWK(jwk, algorithm) as Promise<CryptoKey>);
    imported.set(name, key);
    return key;
  };

  return {
    accepts: { issuer: ownIssuer, algorithms: [algorithm] },
    async current() {
      const key = (await load(freshMs)).find(({ retired_at }) => retired_at === null)!;
      return { kid: key.kid, privateKey: await importOnce(`private ${key.kid}`, key.private_jwk) };
    },
    async find({ kid }) {
      const named = (keys: StoredKey[]) => keys.find((key) => key.kid === kid);
      const key = named(await load(freshMs)) ?? named(await load(unknownKeyMs));
      if (!key) throw new errors.JWKSNoMatchingKey();
      return importOnce(`public ${key.kid}`, key.public_jwk);
    },
    async jwks() {
      const keys = await load(freshMs);
      return {
        keys: keys.map(({ kid, public_jwk }) => ({
          ...public_jwk,
          kid,
          alg: algorithm,
          use: 'sig',
          key_ops: ['verify'],
        })),
      };
    },
  };
}

/**
 * Puts a new key in place of the present one and answers its id. Tokens of the old key hold until they end; with `atOnce`, for a
 * key that leaked, they and the key are void as soon as every process has read the list again (half a minute). The private half
 * of a retired key is forgotten here and now; the public half of one that signed evidence stays for good.
 */
export async function rotateSigningKeys(
  server: Pool,
  { atOnce = false, purpose = 'access' }: { atOnce?: boolean; purpose?: KeyPurpose } = {},
): Promise<string> {
  return asServer(server, async (tx) => {
    await lockKeys(tx);
    await (atOnce && purpose === 'access'
      ? tx.query(`delete from signing_keys where purpose = 'access'`)
      : tx.query(
          `update signing_keys set retired_at = now(), private_jwk = '{}' where retired_at is null and purpose = $1`,
          [purpose],
        ));
    return insertKey(tx, purpose);
  });
}

/** Forgets keys whose last token has ended; receipts have no end. */
export async function forgetRetiredKeys(server: Pool): Promise<void> {
  await server.query(
    `delete from signing_keys where purpose = 'access' and retired_at < now() - make_interval(mins => ${afterlifeMinutes})`,
  );
}

async function readKeys(tx: Tx, purpose: KeyPurpose): Promise<StoredKey[]> {
  const keys = await selectKeys(tx, purpose);
  if (keys.some(({ retired_at }) => retired_at === null)) return keys;
  // Two processes that start at once must end with one key.
  await lockKeys(tx);
  const again = await selectKeys(tx, purpose);
  if (again.some(({ retired_at }) => retired_at === null)) return again;
  await insertKey(tx, purpose);
  return selectKeys(tx, purpose);
}

const lockKeys = (tx: Tx) => tx.query("select pg_advisory_xact_lock(hashtext('signing_keys'))");

async function selectKeys(tx: Tx, purpose: KeyPurpose): Promise<StoredKey[]> {
  const { rows } = await tx.query<StoredKey>(
    `select kid, public_jwk, private_jwk, retired_at from signing_keys
     where purpose = $1
       and (retired_at is null or purpose = 'evidence' or retired_at > now() - make_interval(mins => ${afterlifeMinutes}))
     order by created_at desc`,
    [purpose],
  );
  return rows;
}

async function insertKey(tx: Tx, purpose: KeyPurpose): Promise<string> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const [publicJwk, privateJwk] = await Promise.all([exportJWK(publicKey), exportJWK(privateKey)]);
  const kid = await calculateJwkThumbprint(publicJwk);
  await tx.query('insert into signing_keys (kid, purpose, public_jwk, private_jwk) values ($1, $2, $3, $4)', [
    kid,
    purpose,
    JSON.stringify(publicJwk),
    JSON.stringify(privateJwk),
  ]);
  return kid;
}
