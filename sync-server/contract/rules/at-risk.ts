import type { AtRiskFlag, AtRiskRules } from '../tables/care.ts';
import { addDays, at } from './dates.ts';

const dayMilliseconds = 86_400_000;
/** After so many days one reason alone is critical. */
const criticalDays = 7;
/** After somebody was in touch, the same signs raise no new flag for so long. */
const graceDays = 7;

export type AtRiskReason = AtRiskFlag['reasons'][number];

/** What is known about a student who may be at risk; instants are ISO text. */
export type RiskFacts = {
  /** Null: never signed in. */
  last_login_at: string | null;
  activated_at: string;
  /** When the newest lesson was opened that is open and not watched; null without one. */
  unwatched_since: string | null;
  /** When the newest lesson with work was opened of which no work was handed in. */
  unsubmitted_since: string | null;
  /** Ends of the missed sessions of the last 60 days, oldest first. */
  missed_sessions: readonly string[];
};
type Thresholds = Pick<
  AtRiskRules,
  'no_login_days' | 'stuck_recording_days' | 'stuck_assignment_days' | 'missed_sessions_count'
>;

/**
 * The signs that a student is about to be lost (workflows 3.26), each with the moment it set in. Somebody who never signed in is
 * at risk from the activation on. A threshold of 0 switches a sign off.
 */
export function findRisks(facts: RiskFacts, rules: Thresholds, now: string): AtRiskReason[] {
  const reasons: AtRiskReason[] = [];
  const lasting = (code: AtRiskReason['code'], start: string | null, days: number, since?: string): void => {
    if (start === null || days === 0 || at(addDays(start, days)) > at(now)) return;
    reasons.push({ code, since: since ?? addDays(start, days) });
  };
  lasting(
    'no_login',
    facts.last_login_at ?? facts.activated_at,
    rules.no_login_days,
    facts.last_login_at === null ? facts.activated_at : undefined,
  );
  lasting('stuck_recording', facts.unwatched_since, rules.stuck_recording_days);
  lasting('stuck_assignment', facts.unsubmitted_since, rules.stuck_assignment_days);
  const decisive = facts.missed_sessions[rules.missed_sessions_count - 1];
  if (decisive !== undefined) reasons.push({ code: 'missed_sessions', since: decisive });
  return reasons;
}

/** Two signs, or one for more than a week. */
export const isCritical = (reasons: readonly AtRiskReason[], now: string): boolean =>
  reasons.length > 1 || reasons.some(({ since }) => at(now) - at(since) > criticalDays * dayMilliseconds);

/** Whether the team's contact is so fresh that the student is left in peace. */
export const isInGrace = (contactedAt: string | null, now: string): boolean =>
  contactedAt !== null && at(now) < at(addDays(contactedAt, graceDays));
