import type { Session } from '../../platform/session.ts';
import type { Wiper } from './wiper.ts';

/** How often a device with data and without a session asks whether it is to be wiped. */
const everyMs = 5 * 60_000;
const channelName = 'growthos-wiped';

/**
 * Looks at every start, when the server ends the session, when the network comes back, and every few minutes; other pages of this
 * browser forget the person's sign-in with this one.
 */
export function watchWipes(wiper: Wiper, session: Session, installation = ''): () => void {
  const look = (): void => void wiper.look().catch((error: unknown) => console.error(error));
  const pages = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(`${channelName}${installation}`);
  pages?.addEventListener('message', ({ data }: MessageEvent<{ user: string }>) => void session.forget(data.user));
  let last = session.getState();
  const stopState = session.subscribe((now) => {
    const isOver = now.state === 'expired' || now.state === 'ended';
    const wasOver = last.state === 'expired' || last.state === 'ended';
    if (last.user && !now.user && wiper.signedOut.get()) pages?.postMessage({ user: last.user.id });
    last = now;
    if (isOver && !wasOver) look();
  });
  const timer = setInterval(look, everyMs);
  globalThis.addEventListener?.('online', look);
  look();
  return () => {
    stopState();
    clearInterval(timer);
    globalThis.removeEventListener?.('online', look);
    pages?.close();
  };
}
