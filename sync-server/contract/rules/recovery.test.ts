import { describe, expect, test } from 'vitest';
import { nextRecoveryStep, type RecoveryAttempt, type RecoveryFacts } from './recovery.ts';

const timeZone = 'Asia/Karachi';
/** Day 0 is 1 March; the job runs at 09:00 UTC, students are active at 10:00. */
const run = (day: number) => new Date(Date.UTC(2027, 2, 1 + day, 9)).toISOString();
const active = (day: number) => new Date(Date.UTC(2027, 2, 1 + day, 10)).toISOString();

/** Lives a student day by day: what the job does and on which day. `syncs`: day of arrival → day of activity. */
function live(until: number, syncs: Record<number, number> = {}, change: Partial<RecoveryFacts> = {}): string[] {
  const facts: RecoveryFacts & { attempts: RecoveryAttempt[] } = {
    isReachable: true,
    last_activity_at: active(0),
    recovery_cycle: 0,
    based_on: null,
    escalated: false,
    churned: false,
    ...change,
    attempts: [],
  };
  const log: string[] = [];
  for (let day = 1; day <= until; day++) {
    if (syncs[day] !== undefined) facts.last_activity_at = active(syncs[day]);
    const step = nextRecoveryStep(facts, { now: run(day), thresholdDays: 3, timeZone });
    if (step.kind === 'nothing') continue;
    if (step.kind === 'message') {
      if (step.attempt === 1) {
        facts.attempts = [];
        facts.based_on = facts.last_activity_at;
        facts.recovery_cycle = step.cycle;
        facts.escalated = false;
      }
      facts.attempts.push({ attempt: step.attempt, message_status: 'sent', message_sent_at: run(day) });
      log.push(`${day}: message ${step.attempt} of cycle ${step.cycle}`);
    } else if (step.kind === 'recovered') {
      facts.attempts = facts.attempts.map((one) => ({ ...one, message_status: 'recovered' }));
      facts.churned = false;
      log.push(`${day}: recovered ${step.cause} ${step.successful}`);
    } else if (step.kind === 'churn') {
      facts.attempts = facts.attempts.map((one) => ({ ...one, message_status: 'churned' }));
      facts.churned = true;
      log.push(`${day}: churn`);
    } else if (step.kind === 'escalate') {
      facts.escalated = true;
      log.push(`${day}: escalate`);
    } else {
      facts.attempts = facts.attempts.map((one) => ({ ...one, message_status: 'cancelled' }));
      log.push(`${day}: cancel`);
    }
  }
  return log;
}

describe('the cycle of workflows 2.5', () => {
  test('messages on days 3, 8 and 13, escalation on 17, churn on 30, and then silence', () => {
    expect(live(40)).toEqual([
      '3: message 1 of cycle 1',
      '8: message 2 of cycle 1',
      '13: message 3 of cycle 1',
      '17: escalate',
      '30: churn',
    ]);
  });

  test('back on day 10 is a success, on day 29 it is not: 16 days after the last message', () => {
    expect(live(11, { 11: 10 }).at(-1)).toBe('11: recovered activity true');
    expect(live(30, { 30: 29 }).at(-1)).toBe('30: recovered activity false');
  });

  test('offline work of day 2 that arrives on day 9 shows a mistake, and the next cycle counts from day 2', () => {
    expect(live(9, { 9: 2 }).slice(2)).toEqual(['9: recovered offline_activity null']);
    // A new look on the next day: eight days silent since day 2.
    expect(live(10, { 9: 2 }).at(-1)).toBe('10: message 1 of cycle 2');
  });

  test('offline work of day 5 that arrives on day 9 is a success', () => {
    expect(live(9, { 9: 5 }).at(-1)).toBe('9: recovered activity true');
  });

  test('who comes back after being given up is recovered and may begin a new cycle', () => {
    expect(live(40, { 35: 34 }).slice(5)).toEqual(['35: recovered activity false', '37: message 1 of cycle 2']);
  });
});

describe('who is left in peace', () => {
  test('nobody before the threshold, nobody who opted out or is suspended', () => {
    expect(live(2)).toEqual([]);
    expect(live(40, {}, { isReachable: false })).toEqual([]);
  });

  test('an open cycle is cancelled when the student cannot be written to any more', () => {
    const open: RecoveryFacts = {
      isReachable: false,
      last_activity_at: active(0),
      attempts: [{ attempt: 1, message_status: 'sent', message_sent_at: run(3) }],
      recovery_cycle: 1,
      based_on: active(0),
      escalated: false,
      churned: false,
    };
    expect(nextRecoveryStep(open, { now: run(5), thresholdDays: 3, timeZone })).toEqual({ kind: 'cancel' });
  });

  test('nothing follows a message that is still on its way', () => {
    const waiting: RecoveryFacts = {
      isReachable: true,
      last_activity_at: active(0),
      attempts: [{ attempt: 1, message_status: 'pending', message_sent_at: null }],
      recovery_cycle: 1,
      based_on: active(0),
      escalated: false,
      churned: false,
    };
    expect(nextRecoveryStep(waiting, { now: run(20), thresholdDays: 3, timeZone })).toEqual({ kind: 'nothing' });
    const back = { ...waiting, last_activity_at: active(4) };
    expect(nextRecoveryStep(back, { now: run(5), thresholdDays: 3, timeZone })).toMatchObject({
      kind: 'recovered',
      successful: null,
    });
  });
});
