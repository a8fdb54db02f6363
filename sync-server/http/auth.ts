import { createHash, timingSafeEqual } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Actor } from '#contract/roles.ts';
import type { Deps } from '../deps.ts';
import { verifyAccessToken, type VerifiedClaims } from './access-token.ts';
import { AppError } from './errors.ts';
import { createKnownSessions, type KnownSessions, type SignedIn } from './known-sessions.ts';
import { findSession, type AssuranceLevel, type DeviceState, type SecondStep } from './live-session.ts';
import type { TokenKeys } from './signing-keys.ts';

/** The sign-in behind a request. */
export type Session = {
  id: string;
  /** When the access token ends, in seconds since 1970. A stream ends then at the latest. */
  exp: number;
  /** Of the token and of the session in the database, the lower one. */
  aal: AssuranceLevel;
  /** Other than `none` only on a route for newcomers. */
  secondStep: SecondStep;
  /** The device this session was opened on, null for a caller that named none. */
  deviceId: string | null;
};

/**
 * Who may call a route; a route that says nothing is for signed-in people.
 * - `person`: a live session. `request.actor` and `request.session` are set.
 * - `newcomer`: a live session, also one that must first choose its own password or owes its second step.
 * - `anyone`: nobody is asked; signed links and sign-in prove themselves otherwise.
 * - `operator`: the secret service key, never from a page.
 */
export type Access = 'person' | 'newcomer' | 'anyone' | 'operator';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
    /**
     * The route begins as what the session was at its last request, while the database is asked what it is now. It has to wait for
     * `request.confirmed` before it writes or answers anything.
     */
    goesAhead?: boolean;
  }
  interface FastifyRequest {
    /** The signed-in person, with the role the database holds now. Throws AUTH_REQUIRED on a route for `anyone`. */
    readonly actor: Actor;
    readonly session: Session;
    /** Set by the guard below, read through `actor` and `session`. */
    signedIn: SignedIn | null;
    /**
     * Null where the session was found to stand before the route began. Else resolves when it is, as `actor` and `session` say, to
     * what is known of its device; rejects with the refusal that the request would have met.
     */
    confirmed: Promise<DeviceState | null> | null;
  }
}

/**
 * What a server whose sessions are opened elsewhere does before it looks for the session of a proven token: see that it knows
 * it, and that it still stands there. `onEnd` calls back when the answer is out. Throws UNAVAILABLE where that cannot be asked.
 */
export type MeetSession = (token: string, claims: VerifiedClaims, onEnd: (call: () => void) => void) => Promise<void>;

/** Asks every request of every route who it is, before its body is read. */
export function guardRoutes(app: FastifyInstance, deps: Deps, keys: TokenKeys, meet?: MeetSession): void {
  const sessions = createKnownSessions();
  app.decorateRequest('signedIn', null);
  app.decorateRequest('confirmed', null);
  app.decorateRequest('actor', { getter: signedIn('actor') });
  app.decorateRequest('session', { getter: signedIn('session') });

  app.addHook('onRequest', async (request, reply) => {
    if (request.is404) return;
    const access = request.routeOptions.config.access ?? 'person';
    if (access === 'anyone') return;
    if (access === 'operator') return admitOperator(deps, keys, request);
    const met: Meet = async (token, claims) => meet?.(token, claims, (call) => void reply.raw.once('close', call));
    await admitPerson({ deps, keys, met, sessions }, request, access);
  });
}

function signedIn<K extends 'actor' | 'session'>(part: K) {
  return function (this: FastifyRequest): { actor: Actor; session: Session }[K] {
    if (!this.signedIn) throw new AppError('AUTH_REQUIRED');
    return this.signedIn[part];
  };
}

type Meet = (token: string, claims: VerifiedClaims) => Promise<void>;
type Guard = { deps: Deps; keys: TokenKeys; met: Meet; sessions: KnownSessions };
type PersonAccess = 'person' | 'newcomer';

async function admitPerson(guard: Guard, request: FastifyRequest, access: PersonAccess): Promise<void> {
  const { deps, keys, sessions } = guard;
  const now = deps.clock.now();
  const token = bearer(request);
  // The public anon key is no token either, so a page that nobody signed in to ends here.
  const claims = token ? await verifyAccessToken(keys, token, now) : null;
  if (!token || !claims) throw new AppError('AUTH_REQUIRED', { details: { reason: token ? 'bad_token' : 'no_token' } });
  const known = request.routeOptions.config.goesAhead ? sessions.get(token) : undefined;
  const found = findSignedIn(guard, token, claims, access, now);
  if (!known) {
    request.signedIn = (await found).signedIn;
    if (access === 'person') sessions.keep(token, request.signedIn);
    return;
  }
  request.signedIn = known;
  request.confirmed = confirm(found, known).catch((refusal: unknown) => {
    sessions.forget(token);
    throw refusal;
  });
  // A route that fails before it asks has another reason to tell.
  request.confirmed.catch(() => undefined);
}

/** Whoever has become another person to us comes again as that. */
async function confirm(found: Promise<Found>, known: SignedIn): Promise<DeviceState | null> {
  const { signedIn, device } = await found;
  if (!isDeepStrictEqual(signedIn, known)) throw new AppError('UNAVAILABLE', { retryAfter: 1 });
  return device;
}

type Found = { signedIn: SignedIn; device: DeviceState | null };

async function findSignedIn(
  { deps, met }: Guard,
  token: string,
  claims: VerifiedClaims,
  access: PersonAccess,
  now: Date,
): Promise<Found> {
  await met(token, claims);
  const live = await findSession(deps.server, claims, now);
  if (!live) throw new AppError('AUTH_REQUIRED', { details: { reason: 'session_ended' } });
  if (live.blocked) throw new AppError('LOGIN_BLOCKED');
  if (live.secondStep !== 'none' && access === 'person') throw secondStepMissing(live.secondStep);
  if (live.mustChoosePassword && access === 'person')
    throw new AppError('PERMISSION_DENIED', {
      message: 'Choose your own password first.',
      details: { reason: 'password_required' },
    });
  const { role, aal, secondStep, deviceId, device } = live;
  const session = { id: claims.session_id, exp: claims.exp, aal, secondStep, deviceId };
  return { signedIn: { actor: { id: claims.sub, role }, session }, device };
}

const secondStepMissing = (step: Exclude<SecondStep, 'none'>): AppError =>
  new AppError('PERMISSION_DENIED', {
    message: step === 'verify' ? 'Give the code of your second factor first.' : 'Set up a second factor first.',
    details: { reason: step === 'verify' ? 'mfa_required' : 'mfa_enrolment_required' },
  });

/** The service key is for programs of operators. A page has an Origin and never gets in with it, whatever it holds. */
async function admitOperator({ config, clock }: Deps, keys: TokenKeys, request: FastifyRequest): Promise<void> {
  const key = bearer(request) ?? single(request.headers.apikey);
  if (!key) throw new AppError('AUTH_REQUIRED', { details: { reason: 'no_token' } });
  if (!config.SERVICE_KEY_HASH || !isServiceKey(key, config.SERVICE_KEY_HASH)) {
    // Whoever is signed in is told that this is not for people, whatever the role; anything else is no key at all.
    if (await verifyAccessToken(keys, key, clock.now()))
      throw new AppError('PERMISSION_DENIED', { message: 'This is for the service key only.' });
    throw new AppError('AUTH_REQUIRED', { details: { reason: 'bad_token' } });
  }
  if (request.headers.origin !== undefined)
    throw new AppError('PERMISSION_DENIED', { message: 'The service key is not for browsers.' });
}

/** Name of what tells a route for the service key from one for people at the same address. */
const callerConstraint = 'caller';

/** Lets `byServiceKey` tell who calls; before any route is added. */
export function tellCallersApart(app: FastifyInstance, { SERVICE_KEY_HASH }: Deps['config']): void {
  app.addConstraintStrategy({
    name: callerConstraint,
    storage() {
      const handlers = new Map<unknown, never>();
      return {
        get: (name) => handlers.get(name) ?? null,
        set: (name, handler) => void handlers.set(name, handler as never),
      };
    },
    validate: () => undefined,
    deriveConstraint(request) {
      const key = /^Bearer ([^\s]+)$/i.exec(request.headers.authorization ?? '')?.[1];
      return SERVICE_KEY_HASH && key && isServiceKey(key, SERVICE_KEY_HASH) ? 'operator' : undefined;
    },
  });
}

/** For a route that only the service key finds, beside one of the same address for people. */
export const byServiceKey = {
  config: { access: 'operator' as const },
  constraints: { [callerConstraint]: 'operator' },
};

export function isServiceKey(key: string, hashHex: string): boolean {
  const given = createHash('sha256').update(key).digest();
  const expected = Buffer.from(hashHex, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

export function bearer(request: FastifyRequest): string | null {
  const match = /^Bearer ([^\s]+)$/i.exec(request.headers.authorization ?? '');
  return match?.[1] ?? null;
}

const single = (header: string | string[] | undefined): string | null => (typeof header === 'string' ? header : null);
