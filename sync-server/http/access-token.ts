import {
  jwtVerify,
  SignJWT,
  errors,
  type CryptoKey,
  type JWTHeaderParameters,
  type JWTPayload,
  type JWTVerifyResult,
  type ResolvedKey,
} from 'jose';
import { z } from 'zod';
import type { AssuranceLevel } from './live-session.ts';
import type { SigningKeys, TokenKeys } from './signing-keys.ts';

/** How long an access token is good for; the session behind it is asked on every request all the same. */
export const accessTokenSeconds = 15 * 60;

const audience = 'authenticated';
const algorithm = 'ES256';

/** What a token says: who, which session, how strongly signed in. Never the app role, which is read from the database. */
export type AccessClaims = { sub: string; session_id: string; aal: AssuranceLevel; exp: number };
/** The same with how and since when the session stands, where the token says it. */
export type VerifiedClaims = AccessClaims & { amr: AuthenticationMethod[] };
/** How a session came to be, as supabase-js reads it: each method with its time in seconds since 1970. */
export type AuthenticationMethod = { method: string; timestamp: number };

const claimsSchema = z.object({
  sub: z.uuid(),
  session_id: z.uuid(),
  aal: z.enum(['aal1', 'aal2']),
  exp: z.int(),
  role: z.literal('authenticated'),
  amr: z.array(z.object({ method: z.string().max(40), timestamp: z.int() })).catch([]),
});

export async function signAccessToken(
  keys: SigningKeys,
  { sub, session_id, aal, amr = [] }: Omit<AccessClaims, 'exp'> & { amr?: readonly AuthenticationMethod[] },
  now: Date,
): Promise<{ token: string; exp: number }> {
  const { kid, privateKey } = await keys.current();
  const iat = Math.floor(now.getTime() / 1000);
  const exp = iat + accessTokenSeconds;
  const token = await new SignJWT({ session_id, aal, amr, role: 'authenticated', is_anonymous: false })
    .setProtectedHeader({ alg: algorithm, kid, typ: 'JWT' })
    .setSubject(sub)
    .setIssuer(keys.accepts.issuer)
    .setAudience(audience)
    .setIssuedAt(iat)
    .setExpirationTime(exp)
    .sign(privateKey);
  return { token, exp };
}

/** The claims of a token these keys prove, or null for anything else: expired, foreign, forged, unsigned. */
export async function verifyAccessToken(keys: TokenKeys, token: string, now: Date): Promise<VerifiedClaims | null> {
  const payload = await readPayload(keys, token, now);
  const claims = claimsSchema.safeParse(payload);
  return claims.success ? claims.data : null;
}

async function readPayload(keys: TokenKeys, token: string, now: Date): Promise<JWTPayload | null> {
  try {
    const known = await findProven(keys, token, now);
    if (known) return known;
    const options = {
      ...keys.accepts,
      audience,
      currentDate: now,
      requiredClaims: ['exp', 'sub'],
      typ: 'JWT',
    };
    const answer = await jwtVerify(token, (header: JWTHeaderParameters) => keys.find(header), options);
    remember(keys, token, answer);
    return answer.payload;
  } catch (error) {
    // Every way a token can be wrong is the same answer to its bearer; only our own failures go on.
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}

type Proven = JWTVerifyResult & ResolvedKey<CryptoKey>;

/** Tokens that were proven: a device shows the same one with every request of a quarter of an hour. */
const proven = new WeakMap<TokenKeys, Map<string, Proven>>();
/** Most that are remembered; beyond them the oldest are proven again. */
const mostProven = 2_000;

/** What a token says that was proven before, as long as it lasts and its key is still one of these. */
async function findProven(keys: TokenKeys, token: string, now: Date): Promise<JWTPayload | null> {
  const known = proven.get(keys)?.get(token);
  if (!known || now.getTime() >= known.payload.exp! * 1000) return null;
  return (await keys.find(known.protectedHeader)) === known.key ? known.payload : null;
}

function remember(keys: TokenKeys, token: string, answer: Proven): void {
  const tokens = proven.get(keys) ?? new Map<string, Proven>();
  proven.set(keys, tokens);
  const [oldest] = tokens.keys();
  if (tokens.size === mostProven && oldest !== undefined) tokens.delete(oldest);
  tokens.set(token, answer);
}
