import type { DesktopBridge } from '#desktop/index.ts';

/** A timer this late means the computer slept: connections from before are dead without knowing it. */
const sleptMs = 60_000;
const tickMs = 15_000;

/**
 * Hears when trying again makes sense: another network, the window looked at again, the computer woken. `anew` = what was
 * connected before should not be trusted.
 */
export function watchWakeUps(desktop: DesktopBridge | null, onWake: (anew: boolean) => void): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  globalThis.window?.addEventListener?.('online', () => onWake(true), { signal });
  globalThis.window?.addEventListener?.('offline', () => onWake(true), { signal });
  globalThis.document?.addEventListener?.(
    'visibilitychange',
    () => {
      if (document.visibilityState === 'visible') onWake(false);
    },
    { signal },
  );
  const unhear = desktop?.on('power.resumed', () => onWake(true));
  let last = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    if (now - last > tickMs + sleptMs) onWake(true);
    last = now;
  }, tickMs);
  return () => {
    stop.abort();
    unhear?.();
    clearInterval(timer);
  };
}
