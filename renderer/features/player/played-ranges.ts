import { unionRanges, type Range } from '#contract/rules/watched.ts';

/** Media time may run ahead of the clock by this much between two reports (rounding, late events). */
const slackSeconds = 0.5;

/**
 * Writes down which seconds really played. The playhead is followed from report to report; a step counts only when that much
 * media can have played in the time that passed, so a jump never counts and speed makes no difference.
 */
export type PlayedTracker = {
  /** The playhead is here and plays. `at` is a monotonic clock in milliseconds. */
  follow(position: number, at: number, rate: number): void;
  /** The playhead was lifted (pause, seek, end): the next position starts a new stretch. */
  lift(): void;
  ranges(): [number, number][];
};

export function createPlayedTracker(known: readonly Range[]): PlayedTracker {
  let played = unionRanges(known);
  let last: { position: number; at: number } | null = null;
  return {
    follow(position, at, rate) {
      if (last) {
        const moved = position - last.position;
        const possible = ((at - last.at) / 1000) * rate + slackSeconds;
        if (moved > 0 && moved <= possible)
          played = unionRanges(played, [[hundredth(last.position), hundredth(position)]]);
      }
      last = { position, at };
    },
    lift() {
      last = null;
    },
    ranges: () => played,
  };
}

const hundredth = (seconds: number): number => Math.round(seconds * 100) / 100;
