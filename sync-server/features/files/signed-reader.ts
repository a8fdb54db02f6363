import type { FastifyRequest } from 'fastify';
import { decodeJwt } from 'jose';
import { signedUrlSeconds } from '#contract/api/files.ts';
import type { Actor } from '#contract/roles.ts';
import type { Deps } from '../../deps.ts';
import { bearer, type Session } from '../../http/auth.ts';
import { AppError } from '../../http/errors.ts';
import { findLiveSession } from '../../http/live-session.ts';
import type { Reader } from './read-right.ts';
import { signGrant, verifyGrant, type SignedUse } from './signed-token.ts';
import { purposeKey } from './storage.ts';

/** Signs one object for the person of this call; never for longer than ten minutes. */
export function signGrantFor(
  deps: Deps,
  { actor, session }: { actor: Actor; session: Session },
  object: string,
  seconds: number = signedUrlSeconds,
  use: SignedUse = 'read',
): string {
  const expires = Math.floor(deps.clock.now().getTime() / 1000) + Math.min(seconds, signedUrlSeconds);
  return signGrant(purposeKey(deps, 'signed urls'), { user: actor.id, session: session.id, object, expires }, use);
}

/**
 * Who a signed address reads for: the person and session it was made for, as the database knows them now. A forged, expired
 * or foreign token, an ended session and a request that comes with somebody else's session are all the same refusal.
 */
export async function readSigned(deps: Deps, request: FastifyRequest, object: string): Promise<Reader> {
  const { actor, session } = await admitSigned(deps, request, object, 'read');
  return { actor, sessionId: session.id };
}

/** The same for any use of a signed address: the person and the session behind it. */
export async function admitSigned(
  deps: Deps,
  request: FastifyRequest,
  object: string,
  use: SignedUse,
): Promise<{ actor: Actor; session: Session }> {
  const { token } = request.query as { token?: string };
  const now = deps.clock.now();
  const grant = verifyGrant(purposeKey(deps, 'signed urls'), token, object, now, use);
  if (!grant || isOfAnotherSession(request, grant.session)) throw new AppError('AUTH_REQUIRED');
  const live = await findLiveSession(deps.server, { sub: grant.user, session_id: grant.session }, now);
  if (!live || live.blocked) throw new AppError('AUTH_REQUIRED');
  const session: Session = {
    id: grant.session,
    exp: grant.expires,
    aal: live.aal,
    secondStep: 'none',
    deviceId: live.deviceId,
  };
  return { actor: { id: grant.user, role: live.role }, session };
}

/** Media elements send no Authorization; whoever sends one must be the one the address was made for. */
function isOfAnotherSession(request: FastifyRequest, session: string): boolean {
  const token = bearer(request);
  if (!token?.includes('.')) return false;
  try {
    return decodeJwt(token)['session_id'] !== session;
  } catch {
    // No token at all after all, such as the anonymous key: it names no session.
    return false;
  }
}
