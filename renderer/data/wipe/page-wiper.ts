import { useSyncExternalStore } from 'react';
import { clock, desktop, serverUrl, session } from '../../platform/index.ts';
import { forgottenMessage, watchWipes } from './watch-wipes.ts';
import { createWiper } from './wiper.ts';

/** The other pages of this browser; open from the start of the session on. */
let pages: BroadcastChannel | null = null;

/** The wiper of this page. */
export const wiper = createWiper({
  session,
  desktop,
  serverUrl,
  fetch: (input, init) => globalThis.fetch(input, init),
  now: clock.stamp,
  onForgotten: (userId) => pages?.postMessage(forgottenMessage(userId)),
});

/** A wipe that was cut short ends before anything is shown; only then is it known who is signed in here. */
export async function startSession(): Promise<void> {
  pages = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('growthos-wiped');
  // What cannot be finished now (a full disk) stays shut and is tried again at every look.
  await wiper.finish().catch((error: unknown) => console.error(error));
  await session.restore();
  watchWipes(wiper, session, pages);
}

/** When this device was signed out by the server's order and its person has not read so yet; else null. */
export const useSignedOut = (): Date | null =>
  useSyncExternalStore(wiper.signedOut.subscribe, wiper.signedOut.get, wiper.signedOut.get);
