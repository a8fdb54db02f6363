import { addCalendarDays, addDays, at, calendarDay } from './dates.ts';

/** Days after the first message on which the second and the third follow. */
const laterMessages = [0, 5, 10] as const;
const escalationDays = 14;
const churnDays = 30;
const successDays = 14;
const dayMilliseconds = 86_400_000;

export type RecoveryAttempt = {
  attempt: number;
  message_status: 'pending' | 'sent' | 'failed' | 'recovered' | 'churned' | 'cancelled';
  /** Null until it really went out; a failed one has the time of its mail, or of the failure. */
  message_sent_at: string | null;
};

/** What is known about one student and the latest cycle; instants are ISO text. */
export type RecoveryFacts = {
  /** Student, active, learning, and not opted out: may be written to. */
  isReachable: boolean;
  /** The last sign of life; before the first one, when the account was activated. */
  last_activity_at: string;
  /** Attempts of the latest cycle, in order; none before the first. */
  attempts: readonly RecoveryAttempt[];
  recovery_cycle: number;
  /** The sign of life the cycle was begun on. */
  based_on: string | null;
  escalated: boolean;
  churned: boolean;
};

export type RecoveryStep =
  | { kind: 'nothing' }
  | { kind: 'cancel' }
  /** `successful` null: the cycle was a mistake and counts for nothing. */
  | { kind: 'recovered'; cause: 'activity' | 'offline_activity'; successful: boolean | null }
  | { kind: 'message'; cycle: number; attempt: 1 | 2 | 3; days: number }
  | { kind: 'escalate'; days: number }
  | { kind: 'churn'; days: number };

const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / dayMilliseconds;

/**
 * What a day's look at one student comes to (workflows 3.24). Days are those of the company. Work that was done offline before a
 * message and arrives after it shows that the message was a mistake.
 */
export function nextRecoveryStep(
  facts: RecoveryFacts,
  { now, thresholdDays, timeZone }: { now: string; thresholdDays: number; timeZone: string },
): RecoveryStep {
  const today = calendarDay(now, timeZone);
  const days = daysBetween(calendarDay(facts.last_activity_at, timeZone), today);
  const isOpen = facts.attempts.some(({ message_status: status }) => ['pending', 'sent', 'failed'].includes(status));
  if (isOpen || facts.churned) {
    const back = returned(facts, thresholdDays, timeZone);
    if (back) return back;
    if (facts.churned) return { kind: 'nothing' };
    if (!facts.isReachable) return { kind: 'cancel' };
    return goOn(facts, today, days, timeZone);
  }
  if (!facts.isReachable || days < thresholdDays) return { kind: 'nothing' };
  return { kind: 'message', cycle: facts.recovery_cycle + 1, attempt: 1, days };
}

function returned(facts: RecoveryFacts, thresholdDays: number, timeZone: string): RecoveryStep | null {
  const sent = facts.attempts.flatMap(({ message_sent_at }) => message_sent_at ?? []);
  const [first] = sent;
  const last = sent.at(-1);
  if (facts.based_on !== null && at(facts.last_activity_at) <= at(facts.based_on)) return null;
  if (first === undefined || last === undefined) {
    // Nothing went out yet; whoever is back needs no message.
    return facts.based_on === null ? null : { kind: 'recovered', cause: 'activity', successful: null };
  }
  if (at(facts.last_activity_at) > at(first)) {
    const heard = sent.filter((one) => at(one) < at(facts.last_activity_at)).at(-1)!;
    return {
      kind: 'recovered',
      cause: 'activity',
      successful: at(facts.last_activity_at) <= at(addDays(heard, successDays)),
    };
  }
  const earliest = addCalendarDays(calendarDay(first, timeZone), -thresholdDays);
  return calendarDay(facts.last_activity_at, timeZone) >= earliest
    ? { kind: 'recovered', cause: 'offline_activity', successful: null }
    : null;
}

function goOn(facts: RecoveryFacts, today: string, days: number, timeZone: string): RecoveryStep {
  const first = facts.attempts[0]?.message_sent_at;
  const latest = facts.attempts.at(-1)!;
  // A message that is still on its way holds everything up.
  if (first === undefined || first === null || latest.message_status === 'pending') return { kind: 'nothing' };
  const begun = calendarDay(first, timeZone);
  const next = facts.attempts.length + 1;
  if (next <= 3 && today >= addCalendarDays(begun, laterMessages[next - 1]!))
    return { kind: 'message', cycle: facts.recovery_cycle, attempt: next as 2 | 3, days };
  if (days >= churnDays && facts.attempts.length === 3) return { kind: 'churn', days };
  if (!facts.escalated && today >= addCalendarDays(begun, escalationDays)) return { kind: 'escalate', days };
  return { kind: 'nothing' };
}
