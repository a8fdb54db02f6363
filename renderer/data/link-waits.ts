import { versionGapSchema } from '#contract/protocol.ts';
import { ApiError, NetworkError } from '../platform/errors.ts';
import { backoff, linkBackoff, restAfter } from './backoff.ts';
import { BrokenStreamError } from './frames.ts';
import type { LinkState } from './link-state.ts';
import type { Bye } from './pull.ts';

/** What the link says while it waits, and how many milliseconds it waits. */
export type Wait = { state: LinkState; ms: number };

/** What a refusal depends on changes seldom: a sign-in kicks the link itself, an update restarts the app. */
const refusedBackoff = { first: 30_000, most: 300_000 };

/** The server's own no. Too many at once is none: it says when there will be room. */
export const isRefusal = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.code !== 'RATE_LIMIT_EXCEEDED';

export function waitAfterRefusal(error: ApiError, tries: number, random: () => number): Wait {
  const gap = versionGapSchema.safeParse(error.details);
  const behind = gap.success ? { behind: gap.data.behind } : {};
  return { state: { s: 'refused', code: error.code, ...behind }, ms: backoff(tries, refusedBackoff, random) };
}

export function waitAfterFailure(error: unknown, tries: number, now: number, random: () => number): Wait {
  const asked = error instanceof NetworkError || error instanceof ApiError ? error.retryAfter : null;
  const ms = restAfter(tries, linkBackoff, asked, random);
  const answered =
    error instanceof ApiError ||
    (error instanceof NetworkError && error.answered && !(error instanceof BrokenStreamError));
  return { state: { s: 'down', answered, nextTryAt: now + ms }, ms };
}

/** `replaced` means another window of this person took over: do not fight with it. A server that stops says when to come. */
export function waitAfterBye({ bye, retryIn }: Bye, random: () => number): number {
  if (bye === 'replaced') return linkBackoff.most;
  return retryIn === null ? backoff(0, linkBackoff, random) : Math.min(retryIn, linkBackoff.most);
}
