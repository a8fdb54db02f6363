import type { Session } from '../../platform/session.ts';
import type { Wiper } from './wiper.ts';

/** How often a device with data and without a session asks whether it is to be wiped. */
const everyMs = 5 * 60_000;

/** By which the pages of one browser tell each other whose sign-in is gone. */
export type Pages = Pick<BroadcastChannel, 'addEventListener' | 'removeEventListener' | 'postMessage'>;
export const forgottenMessage = (userId: string) => ({ forgotten: userId });

/**
 * Looks at every start, when the server ends the session, when the network comes back, and every few minutes; a sign-in that
 * another page of this browser had to forget is forgotten here too.
 */
export function watchWipes(wiper: Pick<Wiper, 'look'>, session: Session, pages: Pages | null = null): () => void {
  const look = (): void => void wiper.look().catch((error: unknown) => console.error(error));
  const hear = ({ data }: MessageEvent<ReturnType<typeof forgottenMessage>>): void =>
    void session.forget(data.forgotten).catch((error: unknown) => console.error(error));
  let last = session.getState();
  const stopState = session.subscribe((now) => {
    const isOver = now.state === 'expired' || now.state === 'ended';
    const wasOver = last.state === 'expired' || last.state === 'ended';
    last = now;
    if (isOver && !wasOver) look();
  });
  const timer = setInterval(look, everyMs);
  globalThis.addEventListener?.('online', look);
  pages?.addEventListener('message', hear);
  look();
  return () => {
    stopState();
    clearInterval(timer);
    globalThis.removeEventListener?.('online', look);
    pages?.removeEventListener('message', hear);
  };
}
