/** A device that pushed; `more`: it goes on at once, and hears on its own stream of all it changed when it is through. */
export type Writer = { userId: string; device: string; more: boolean };

type Name = Pick<Writer, 'userId' | 'device'>;

/**
 * Devices in the midst of a long push: they hold what changed, and reading it back for them between its parts would only slow those.
 */
export type LongPushes = {
  isUnderWay(device: Name): boolean;
  /** A part is committed. */
  pushed(writer: Writer): void;
  close(): void;
};

/** So long a device that said it would go on is waited for, and so long a push may last before its stream is served all the same. */
const goesOnMs = 1000;
const longestPushMs = 5000;

/** `onThrough`: the push has come to its end, or is waited for no longer. */
export function createLongPushes(onThrough: (device: Name) => void): LongPushes {
  const writers = new Map<string, { since: number; timer: NodeJS.Timeout }>();

  function end(device: Name): void {
    const held = writers.get(nameOf(device));
    if (!held) return;
    clearTimeout(held.timer);
    writers.delete(nameOf(device));
    onThrough(device);
  }

  function goOn(device: Name): void {
    const held = writers.get(nameOf(device));
    const since = held?.since ?? performance.now();
    const left = Math.min(goesOnMs, since + longestPushMs - performance.now());
    if (left <= 0) return end(device);
    clearTimeout(held?.timer);
    writers.set(nameOf(device), { since, timer: setTimeout(() => end(device), left).unref() });
  }

  return {
    isUnderWay: (device) => writers.size > 0 && writers.has(nameOf(device)),
    pushed: (writer) => (writer.more ? goOn(writer) : end(writer)),
    close() {
      for (const { timer } of writers.values()) clearTimeout(timer);
    },
  };
}

/** What a person's device is known by, in whichever process. */
export const nameOf = ({ userId, device }: Name): string => `${userId} ${device}`;
