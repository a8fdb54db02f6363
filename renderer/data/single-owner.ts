/**
 * One page at a time owns a person's replica: the queue's memory and RxDB's live queries know nothing of another tab. The page
 * opened last takes over; the other one is told to close first, so that no write is cut in two.
 */
export type Ownership = {
  /** Calls once when another page asks for the replica; answer by closing it and calling `release`. */
  onAsked(give: () => void): void;
  release(): void;
};

/** A page that does not answer (frozen, crashed) loses the replica after this. */
const patienceMs = 3_000;
const askEveryMs = 250;

export async function takeOwnership(name: string): Promise<Ownership> {
  const locks = globalThis.navigator?.locks;
  if (!locks || typeof BroadcastChannel === 'undefined') return { onAsked: () => undefined, release: () => undefined };
  const channel = new BroadcastChannel(name);
  const me = crypto.randomUUID();
  let give: (() => void) | null = null;
  let asked = false;
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const onAsk = (): void => {
    if (asked) return;
    asked = give !== null;
    give?.();
  };

  const acquire = (options: LockOptions): Promise<void> =>
    new Promise<void>((resolve, reject) => {
      locks
        .request(name, options, async () => {
          resolve();
          await held;
        })
        // A stolen lock rejects the request of a holder that did not answer: it wakes up and finds it has lost the replica.
        .catch((error: unknown) => {
          reject(error as Error);
          onAsk();
        });
    });

  // Asked again and again: a holder that is still opening hears it once it can answer.
  const ask = (): void => channel.postMessage({ ask: me });
  ask();
  const asking = setInterval(ask, askEveryMs);
  try {
    await acquire({ mode: 'exclusive', signal: AbortSignal.timeout(patienceMs) });
  } catch {
    await acquire({ mode: 'exclusive', steal: true });
  } finally {
    clearInterval(asking);
  }
  channel.addEventListener('message', ({ data }: MessageEvent<{ ask?: string }>) => {
    if (data.ask && data.ask !== me) onAsk();
  });
  return {
    onAsked: (answer) => void (give = answer),
    release() {
      channel.close();
      letGo();
    },
  };
}
