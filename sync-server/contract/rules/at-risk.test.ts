import { describe, expect, test } from 'vitest';
import { findRisks, isCritical, isInGrace, type RiskFacts } from './at-risk.ts';

const now = '2027-03-20T01:30:00.000Z';
const day = (number: number) => `2027-03-${String(number).padStart(2, '0')}T01:30:00.000Z`;
const rules = { no_login_days: 5, stuck_recording_days: 7, stuck_assignment_days: 10, missed_sessions_count: 2 };
const fine: RiskFacts = {
  last_login_at: day(19),
  activated_at: day(1),
  unwatched_since: null,
  unsubmitted_since: null,
  missed_sessions: [],
};
const codes = (facts: Partial<RiskFacts>, given = rules) =>
  findRisks({ ...fine, ...facts }, given, now).map(({ code, since }) => [code, since.slice(8, 10)]);

describe('signs of risk', () => {
  test('none', () => expect(codes({})).toEqual([]));
  test('set in when their days are over', () => {
    expect(codes({ last_login_at: day(15) })).toEqual([['no_login', '20']]);
    expect(codes({ last_login_at: day(16) })).toEqual([]);
    expect(codes({ unwatched_since: day(13) })).toEqual([['stuck_recording', '20']]);
    expect(codes({ unsubmitted_since: day(9) })).toEqual([['stuck_assignment', '19']]);
    expect(codes({ unsubmitted_since: day(11) })).toEqual([]);
  });
  test('who never signed in is at risk from the activation on', () => {
    expect(codes({ last_login_at: null, activated_at: day(2) })).toEqual([['no_login', '02']]);
    expect(codes({ last_login_at: null, activated_at: day(18) })).toEqual([]);
  });
  test('as many missed sessions as the rule says', () => {
    expect(codes({ missed_sessions: [day(3)] })).toEqual([]);
    expect(codes({ missed_sessions: [day(3), day(9), day(12)] })).toEqual([['missed_sessions', '09']]);
  });
  test('0 switches a sign off', () => {
    const off = { no_login_days: 0, stuck_recording_days: 0, stuck_assignment_days: 0, missed_sessions_count: 0 };
    const worst = {
      last_login_at: null,
      unwatched_since: day(1),
      unsubmitted_since: day(1),
      missed_sessions: [day(1)],
    };
    expect(codes(worst, off)).toEqual([]);
  });
});

test('critical is more than one sign, or one for over a week', () => {
  const one = [{ code: 'no_login', since: day(13) }] as const;
  expect(isCritical(one, now)).toBe(false);
  expect(isCritical(one, '2027-03-20T01:30:00.001Z')).toBe(true);
  expect(isCritical([...one, { code: 'missed_sessions', since: now }], now)).toBe(true);
  expect(isCritical([], now)).toBe(false);
});

test('a fresh contact gives a week of peace', () => {
  expect(isInGrace(null, now)).toBe(false);
  expect(isInGrace(day(14), now)).toBe(true);
  expect(isInGrace(day(13), now)).toBe(false);
});
