import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a signed address is for: getting an object, bringing a new one, or bringing one in the place of another. */
export type SignedUse = 'read' | 'write' | 'replace';

/** What a signed address allows: this person, in this session, this object, this use, until then. */
export type Grant = {
  user: string;
  session: string;
  /** `<bucket>/<path>`, or `lesson/<id>/<part>` for media. */
  object: string;
  /** Seconds since 1970. */
  expires: number;
};

const mac = (key: Buffer, use: SignedUse, payload: string): Buffer =>
  createHmac('sha256', key).update(`${use}.v1.${payload}`).digest();

/** Makes the token of a signed address. It carries no right of its own: the right is asked again at every use. */
export function signGrant(key: Buffer, grant: Grant, use: SignedUse = 'read'): string {
  const payload = Buffer.from(JSON.stringify([grant.user, grant.session, grant.object, grant.expires])).toString(
    'base64url',
  );
  return `${payload}.${mac(key, use, payload).toString('base64url')}`;
}

/** Reads a token for this very object and use; null when forged, expired or made for another one. */
export function verifyGrant(
  key: Buffer,
  token: unknown,
  object: string,
  now: Date,
  use: SignedUse = 'read',
): Grant | null {
  if (typeof token !== 'string' || token.length > 2000) return null;
  const [payload = '', signature = '', ...rest] = token.split('.');
  const given = Buffer.from(signature, 'base64url');
  const expected = mac(key, use, payload);
  // The signature is compared as text too, because base64url accepts several spellings of the same bytes.
  const same = given.length === expected.length && timingSafeEqual(given, expected);
  if (!same || rest.length > 0 || signature !== expected.toString('base64url')) return null;
  const [user, session, signedObject, expires] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as [
    string,
    string,
    string,
    number,
  ];
  if (signedObject !== object || expires * 1000 <= now.getTime()) return null;
  return { user, session, object: signedObject, expires };
}
