import { asServer } from '../../../db/as-actor.ts';
import type { Deps } from '../../../deps.ts';
import type { VerifiedClaims } from '../../../http/access-token.ts';
import type { MeetSession } from '../../../http/auth.ts';
import { AppError } from '../../../http/errors.ts';
import type { Project } from '../../../http/supabase-project.ts';
import { AuthError } from '../auth-error.ts';
import { endSessions } from '../sessions.ts';
import { mirrorSession } from './mirror-session.ts';
import { askFor, projectUserSchema } from './project-answers.ts';

export type SessionWatch = { meet: MeetSession; close(): void };

type Watched = {
  token: string;
  claims: VerifiedClaims;
  /** Monotonic; when the project said last that the session stands. */
  askedAt: number;
  /** Requests of it that are being answered, streams among them. */
  open: number;
  asking: Promise<void> | null;
};

/** After the project gave no answer, sessions that are known here are not asked for again for so long. */
const pauseMs = 5000;
const atOnce = 8;
/** Words of the project that mean that the session is over. */
const over = new Set(['session_not_found', 'session_expired', 'user_not_found', 'user_banned']);

/**
 * Asks the project whether the sessions in use here still stand there: at first sight, and again once the last answer is older
 * than `recheckMs`, before a request is let in and beside a stream that stays open. While the project is away, sessions that are
 * known here go on.
 */
export function watchSessions(deps: Deps, project: Project): SessionWatch {
  const watched = new Map<string, Watched>();
  let pausedUntil = 0;
  const isStale = ({ askedAt }: Watched): boolean => performance.now() - askedAt >= project.recheckMs;

  const ask = async (session: Watched): Promise<void> => {
    const { claims, token } = session;
    if (performance.now() < pausedUntil && (await isKnown(deps, claims))) return;
    try {
      const user = await askFor(project, projectUserSchema, '/user', { token });
      await asServer(deps.server, (tx) => mirrorSession(tx, claims, user, deps.clock.now()));
      session.askedAt = performance.now();
    } catch (error) {
      if (error instanceof AuthError) return refuse(claims, error);
      if (!(error instanceof AppError) || error.code !== 'UNAVAILABLE') throw error;
      pausedUntil = performance.now() + pauseMs;
      if (!(await isKnown(deps, claims))) throw error;
      deps.log.warn({ err: error.cause }, 'the Supabase project does not say whether sessions stand');
    }
  };
  const refuse = async (claims: VerifiedClaims, error: AuthError): Promise<void> => {
    watched.delete(claims.session_id);
    if (!over.has(error.code)) throw new AppError('AUTH_REQUIRED', { details: { reason: 'bad_token' }, cause: error });
    // Of this person only: the project says no to a pair of person and session that never was, too.
    if (await isKnown(deps, claims))
      await asServer(deps.server, (tx) => endSessions(tx, { session: claims.session_id }, deps.clock.now()));
  };
  const askOnce = (session: Watched): Promise<void> =>
    (session.asking ??= ask(session).finally(() => (session.asking = null)));

  const look = async (): Promise<void> => {
    const now = deps.clock.now().getTime() / 1000;
    const due: Watched[] = [];
    for (const [id, session] of watched) {
      if (session.claims.exp <= now || (session.open === 0 && isStale(session))) watched.delete(id);
      else if (isStale(session)) due.push(session);
    }
    while (due.length > 0) await Promise.all(due.splice(0, atOnce).map(askOnce));
  };
  const timer = setInterval(
    () => void look().catch((error: unknown) => deps.log.warn({ err: error }, 'looking at sessions failed')),
    Math.min(1000, project.recheckMs),
  );
  timer.unref();

  return {
    async meet(token, claims, onEnd) {
      const known = watched.get(claims.session_id);
      const session = known ?? { token, claims, askedAt: -Infinity, open: 0, asking: null };
      // The youngest token of the session is the one that lives longest.
      if (claims.exp >= session.claims.exp) Object.assign(session, { token, claims });
      watched.set(claims.session_id, session);
      session.open += 1;
      onEnd(() => (session.open -= 1));
      if (isStale(session)) await askOnce(session);
    },
    close: () => clearInterval(timer),
  };
}

/** Noted here before, and not for somebody else. */
async function isKnown({ server }: Deps, { session_id, sub }: VerifiedClaims): Promise<boolean> {
  const { rowCount } = await server.query('select from auth_sessions where id = $1 and user_id = $2', [
    session_id,
    sub,
  ]);
  return rowCount !== 0;
}
