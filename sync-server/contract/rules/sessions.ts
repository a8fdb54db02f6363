import type { RefusalCode } from '../errors.ts';
import type { SuccessSession } from '../tables/sessions.ts';
import { at } from './dates.ts';

const minute = 60_000;
/** Attendance counts from five minutes before the start (workflows 3.27). */
export const joinOpens = { attendance: 5 * minute } as const;
/** A session that says no end lasts an hour. */
const usualLength = 60 * minute;

export type SessionTimes = Pick<SuccessSession, 'start_time' | 'end_time'>;

/** When a session is over, as an ISO instant. */
export const sessionEnd = ({ start_time, end_time }: SessionTimes): string =>
  end_time ?? new Date(at(start_time) + usualLength).toISOString();

export type Attendance = {
  session: SessionTimes & Pick<SuccessSession, 'status'>;
  /** When the device says it was, as far as it is believed; else receipt. */
  believedAt: string;
  receivedAt: string;
};

const isDuring = (session: SessionTimes, moment: string): boolean =>
  at(moment) >= at(session.start_time) - joinOpens.attendance && at(moment) < at(sessionEnd(session));

/**
 * When a join counts, and whether the host should look at it because the server heard of it too late; or why it does not
 * count: `locked` before the time, `closed` after it or when there is no session.
 */
export function attend({
  session,
  believedAt,
  receivedAt,
}: Attendance): { at: string; isFlagged: boolean } | RefusalCode {
  if (session.status === 'draft' || session.status === 'cancelled') return 'closed';
  if (isDuring(session, believedAt)) return { at: believedAt, isFlagged: at(receivedAt) >= at(sessionEnd(session)) };
  if (isDuring(session, receivedAt)) return { at: receivedAt, isFlagged: false };
  return at(receivedAt) < at(session.start_time) ? 'locked' : 'closed';
}
