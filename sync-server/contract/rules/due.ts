import { addDays, at } from './dates.ts';

/** When work is due: so many days after the lesson opened to the student; null while it never opened. */
export const dueAt = (unlockedAt: string | null, dueDays: number): string | null =>
  unlockedAt === null ? null : addDays(unlockedAt, dueDays);

/** True when the work came after it was due. */
export const isLate = (submittedTime: string, due: string | null): boolean =>
  due !== null && at(submittedTime) > at(due);

/**
 * The time that counts for lateness (workflows 3.17): the device's, where it lies between that device's last sync before
 * it and receipt, at most one lease back; otherwise receipt.
 */
export function submittedTime(times: {
  clientSubmittedAt: string;
  /** The last contact of that device before it submitted; null when the server knows of none. */
  lastSyncAt: string | null;
  receivedAt: string;
  leaseDays: number;
}): string {
  const claimed = at(times.clientSubmittedAt);
  const believed =
    times.lastSyncAt !== null &&
    claimed >= at(times.lastSyncAt) &&
    claimed <= at(times.receivedAt) &&
    claimed >= at(addDays(times.receivedAt, -times.leaseDays));
  return believed ? times.clientSubmittedAt : times.receivedAt;
}
