import { useSyncExternalStore } from 'react';

let spoken = '';
let turn = 0;
const listeners = new Set<() => void>();

/** Says something politely to screen readers, from anywhere; nothing is shown. */
export const announce = (text: string): void => {
  turn += 1;
  // The trailing space makes the same words said twice a change, which is what a live region reads.
  spoken = text + (turn % 2 ? ' ' : '');
  for (const listener of listeners) listener();
};

/** The one polite live region of the window. */
export function LiveRegion() {
  const text = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => spoken,
  );
  return (
    <div role="status" aria-live="polite" aria-atomic="true" className="sr-only" data-testid="live-region">
      {text}
    </div>
  );
}
