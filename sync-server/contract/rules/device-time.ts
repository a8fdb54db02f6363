import { at } from './dates.ts';
import { submittedTime } from './due.ts';

/** A signed time of the server that a device held when it wrote, and how long ago that was (`evidence` of an operation). */
export type Anchored = { at: string; least_ms: number; most_ms: number };

/** When a device did something, as the server sees it. */
export type DeviceTime = {
  /** The moment that counts for lateness and gates: the device's own where it is believed, else receipt. */
  counts: string;
  /** The interval in which it was done: by the anchor, else between the last contact before it and receipt. */
  from: string;
  to: string;
  is_anchored: boolean;
};

/** Both clocks of a device are read one after the other, and fractions of a millisecond are cut off. */
const slackMs = 2000;

/**
 * Judges the time a device claims (workflows 3.17): it counts where it lies between the device's last contact before it and
 * receipt, at most one lease back; and, where an anchor backs it, inside the interval that the anchor allows. An anchor that points
 * behind receipt proves nothing.
 */
export function deviceTime(claim: {
  claimed: string;
  /** The last contact before it that the server knows of; null when it knows of none. */
  lastContact: string | null;
  receivedAt: string;
  leaseDays: number;
  anchored: Anchored | null;
}): DeviceTime {
  const { claimed, lastContact, receivedAt, leaseDays } = claim;
  const interval = claim.anchored && intervalOf(claim.anchored, receivedAt);
  const fits = !interval || isInside(claimed, interval);
  const counts = fits
    ? submittedTime({ clientSubmittedAt: claimed, lastSyncAt: lastContact, receivedAt, leaseDays })
    : receivedAt;
  if (interval) return { counts, ...interval, is_anchored: true };
  return { counts, from: inUtc(lastContact ?? receivedAt), to: receivedAt, is_anchored: false };
}

function intervalOf(anchored: Anchored, receivedAt: string): Pick<DeviceTime, 'from' | 'to'> | null {
  const from = at(anchored.at) + anchored.least_ms;
  const to = at(anchored.at) + Math.max(anchored.least_ms, anchored.most_ms);
  if (from > at(receivedAt) + slackMs) return null;
  const known = (moment: number): string => new Date(Math.min(moment, at(receivedAt))).toISOString();
  return { from: known(from), to: known(to) };
}

/** The database tells times with an offset. */
const inUtc = (instant: string): string => new Date(at(instant)).toISOString();

const isInside = (moment: string, { from, to }: Pick<DeviceTime, 'from' | 'to'>): boolean =>
  at(moment) >= at(from) - slackMs && at(moment) <= at(to) + slackMs;
