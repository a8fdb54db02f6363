/** One played stretch of a recording in seconds, `[from, to)`. */
export type Range = readonly [from: number, to: number];

/** Joins played stretches: ascending, not overlapping; touching ones become one, empty and broken ones go. */
export function unionRanges(...lists: readonly (readonly Range[])[]): [number, number][] {
  const sorted = lists
    .flat()
    .filter(([from, to]) => Number.isFinite(from) && Number.isFinite(to) && from >= 0 && to > from)
    .toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  const merged: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = merged.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

/** Distinct seconds played; what lies behind the end of the recording does not count. */
export const coveredSeconds = (ranges: readonly Range[], duration: number | null = null): number =>
  unionRanges(ranges).reduce((sum, [from, to]) => sum + Math.max(0, Math.min(to, duration ?? to) - from), 0);

/** True when the distinct seconds played reach the share the company asks for; never where the length is not known. */
export const isWatched = (ranges: readonly Range[], duration: number | null, percent: number): boolean =>
  // A hundredth of a second forgives sums of fractions, not skipped material.
  duration !== null && duration > 0 && coveredSeconds(ranges, duration) * 100 + 1 >= duration * percent;

/** A recording cannot be seen faster than at double speed. */
const fastestPlayback = 2;
/** What a report may be ahead of the dates it carries: clocks are corrected while they run. */
const graceSeconds = 15;
/** Devices of one person that are believed to have played one lesson at the same time. */
const playersAtOnce = 2;
/** Stretches kept of one recording, as many as a row may carry (`ranges` in columns.ts). */
const mostStretches = 2000;

/**
 * Joins what a device reports to what is known, but lets the sum grow by no more than double the time that passed
 * since the last report (data model R14). What is too much is cut from the end. The grace never exceeds the time itself,
 * so that many quick reports gain nothing; only the first one of a device, whose beginning nobody saw, has all of it.
 * `sinceOpenSeconds`: however many devices report, all together saw no more than two players can since the lesson opened.
 */
export function growRanges(
  known: readonly Range[],
  reported: readonly Range[],
  elapsedSeconds: number,
  { isFirst = known.length === 0, sinceOpenSeconds = Infinity }: { isFirst?: boolean; sinceOpenSeconds?: number } = {},
): [number, number][] {
  const before = unionRanges(known);
  const elapsed = Math.max(0, elapsedSeconds);
  const grace = isFirst ? graceSeconds : Math.min(graceSeconds, elapsed);
  const most = playersAtOnce * (Math.max(0, sinceOpenSeconds) * fastestPlayback + graceSeconds);
  let allowance = Math.min(elapsed * fastestPlayback + grace, most - coveredSeconds(before));
  const gained: [number, number][] = [];
  for (const [from, to] of subtractRanges(unionRanges(reported), before)) {
    const length = Math.min(to - from, allowance);
    if (length <= 0 || before.length + gained.length >= mostStretches) break;
    gained.push([from, from + length]);
    allowance -= length;
  }
  return unionRanges(before, gained);
}

/** The parts of `ranges` that are not in `taken`; both must be merged already. */
function subtractRanges(ranges: readonly Range[], taken: readonly Range[]): [number, number][] {
  const left: [number, number][] = [];
  for (const [from, to] of ranges) {
    let start = from;
    for (const [takenFrom, takenTo] of taken) {
      if (takenTo <= start || takenFrom >= to) continue;
      if (takenFrom > start) left.push([start, takenFrom]);
      start = Math.max(start, takenTo);
    }
    if (start < to) left.push([start, to]);
  }
  return left;
}
