import type { Role } from '#contract/roles.ts';
import type { News } from '../news.ts';

/** How this process learned of a change, and since when it may have been committed (`performance.now()`). */
export type Learned = { found: 'push' | 'notice' | 'look'; at: number };

/** How a live stream looks to the feeder. */
export type Listener = {
  readonly userId: string;
  readonly role: Role;
  readonly sessionId: string;
  /** The device, so that a newer stream of it replaces this one. */
  readonly device: string;
  readonly id: string;
  /** Something this person sees may have changed: it is read for this stream alone. Never rejects. */
  deliver(learned: Learned): Promise<void>;
  /** Takes what was read for all who see the same, up to the state it was read in. Never throws. */
  take(news: News, learned: Learned): void;
  /** Up to this state nothing concerned this stream. */
  pass(snapshot: string): void;
  /** Another number after every delivery; null while one is under way. */
  turn(): number | null;
  /** Called a few times a second (`performance.now()`), so that thousands of streams need no timers of their own. */
  tend(now: number): void;
  /** `retryIn`: milliseconds after which the device should come back. */
  bye(reason: 'expired' | 'revoked' | 'shutdown' | 'replaced' | 'slow', retryIn?: number): void;
  /** Resolves when its last line has left. */
  readonly finished: Promise<void>;
};
