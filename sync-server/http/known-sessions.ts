import type { Actor } from '#contract/roles.ts';
import type { Session } from './auth.ts';

/** Who a request came from. */
export type SignedIn = { actor: Actor; session: Session };

/**
 * What sessions were at their last request, by token. Never a proof that one still stands: that is asked at every request. It lets a
 * route begin its reading meanwhile.
 */
export type KnownSessions = {
  get(token: string): SignedIn | undefined;
  keep(token: string, signedIn: SignedIn): void;
  forget(token: string): void;
};

/** Most that are remembered; beyond them the oldest wait for the answer again. */
const most = 2_000;

export function createKnownSessions(): KnownSessions {
  const known = new Map<string, SignedIn>();
  return {
    get: (token) => known.get(token),
    keep(token, signedIn) {
      known.delete(token);
      const [oldest] = known.keys();
      if (known.size === most && oldest !== undefined) known.delete(oldest);
      known.set(token, signedIn);
    },
    forget: (token) => void known.delete(token),
  };
}
