import { describe, expect, test } from 'vitest';
import type { Actor } from '../roles.ts';
import { reviewDecisions, submissionStatuses } from '../tables/submissions.ts';
import { canReview, statusAfter, transitions, type ReviewFacts, type ReviewInput } from './reviewing.ts';

const mentor: Actor = { id: 'm', role: 'mentor' };
const admin: Actor = { id: 'a', role: 'admin' };
const now = '2027-03-10T10:30:00.000Z';

const facts = (changes: Partial<ReviewFacts['submission']> = {}, more: Partial<ReviewFacts> = {}): ReviewFacts => ({
  submission: { version: 1, status: 'pending', student_id: 's', reviewed_by: null, reviewed_at: null, ...changes },
  latestVersion: 1,
  laterLessonWatched: false,
  inScope: true,
  now,
  ...more,
});
const review = (decision: ReviewInput['decision'], changes: Partial<ReviewInput> = {}): ReviewInput => ({
  submission_version: 1,
  decision,
  notes: 'Well argued',
  score: null,
  ...changes,
});

describe('who may decide', () => {
  test('a mentor in scope, an admin, a superadmin; nobody else', () => {
    expect(canReview(mentor, review('approved'), facts())).toBe('allowed');
    expect(canReview(mentor, review('approved'), facts({}, { inScope: false }))).toBe('not_allowed');
    expect(canReview(admin, review('approved'), facts({}, { inScope: false }))).toBe('allowed');
    expect(canReview({ id: 'o', role: 'enrollment_manager' }, review('approved'), facts())).toBe('not_allowed');
  });

  test('a student cannot approve its own work', () => {
    expect(canReview({ id: 's', role: 'student' }, review('approved'), facts())).toBe('not_allowed');
    expect(canReview({ id: 's', role: 'admin' }, review('approved'), facts())).toBe('not_allowed');
  });
});

test('a decline and a comment need words', () => {
  expect(canReview(mentor, review('declined', { notes: ' ' }), facts())).toBe('invalid');
  expect(canReview(mentor, review('comment', { notes: null }), facts())).toBe('invalid');
  expect(canReview(mentor, review('approved', { notes: null }), facts())).toBe('allowed');
});

test('the first decision wins', () => {
  const declined = facts({ status: 'declined', reviewed_by: 'other', reviewed_at: now });
  expect(canReview(mentor, review('approved'), declined)).toBe('already_reviewed');
  expect(canReview(mentor, review('declined'), declined)).toBe('already_reviewed');
});

test('a decision on a version that is no longer the latest, or was withdrawn, is stale', () => {
  expect(canReview(mentor, review('approved'), facts({}, { latestVersion: 2 }))).toBe('stale');
  expect(canReview(mentor, review('approved', { submission_version: 2 }), facts())).toBe('stale');
  expect(canReview(mentor, review('approved'), facts({ status: 'withdrawn' }))).toBe('stale');
});

describe('taking a decision back', () => {
  const decided = (minutes: number, more: Partial<ReviewFacts> = {}) =>
    facts(
      { status: 'approved', reviewed_by: 'm', reviewed_at: new Date(Date.parse(now) - minutes * 60_000).toISOString() },
      more,
    );

  test('its own reviewer may within 15 minutes', () => {
    expect(canReview(mentor, review('reopened'), decided(15))).toBe('allowed');
    expect(canReview(mentor, review('reopened'), decided(15.1))).toBe('stale');
    expect(canReview({ id: 'n', role: 'mentor' }, review('reopened'), decided(5))).toBe('not_allowed');
  });

  test('not once a later lesson was watched or a new version came', () => {
    expect(canReview(mentor, review('reopened'), decided(5, { laterLessonWatched: true }))).toBe('stale');
    expect(canReview(mentor, review('reopened'), decided(5, { latestVersion: 2 }))).toBe('stale');
  });

  test('an admin may revoke an approval any time, a mentor never', () => {
    expect(canReview(admin, review('declined'), decided(9999))).toBe('allowed');
    expect(canReview(admin, review('declined'), decided(5, { laterLessonWatched: true }))).toBe('stale');
    expect(canReview(mentor, review('declined'), decided(5))).toBe('already_reviewed');
  });
});

test('the table answers for every status and decision, and the new status follows from it', () => {
  for (const status of submissionStatuses) {
    for (const decision of reviewDecisions) {
      const effect = transitions[status][decision];
      if ('to' in effect) expect(statusAfter(status, decision)).toBe(effect.to);
      else expect(() => statusAfter(status, decision)).toThrow(`no ${decision} on ${status} work`);
    }
  }
});
