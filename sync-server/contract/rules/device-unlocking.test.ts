import { describe, expect, test } from 'vitest';
import { evaluateOnDevice, openOnDevice, type DeviceCourse, type ServerUnlock } from './device-unlocking.ts';
import { course, courseFacts, lessonId } from './unlocking.fixture.ts';
import type { LockReason } from './unlock-reasons.ts';

const now = '2027-03-10T08:00:00.000Z';
const lease = { until: '2027-03-24T08:00:00.000Z' };
const afterLease = '2027-03-24T08:00:00.000Z';
const free = { sequential: true, obstacle: null };
const open: ServerUnlock = {
  is_unlocked: true,
  reason: 'requirements_met',
  available_at: null,
  offline_openable: false,
};
const locked = (reason: LockReason, offline_openable = false, available_at: string | null = null): ServerUnlock => ({
  is_unlocked: false,
  reason,
  available_at,
  offline_openable,
});

describe('one lesson on a device', () => {
  test('what the server opened is open, until the lease ends', () => {
    expect(openOnDevice(open, free, now, lease)).toEqual({ state: 'open', reason: 'requirements_met' });
    expect(openOnDevice(open, free, afterLease, lease)).toEqual({ state: 'locked', reason: 'offline_unconfirmed' });
    expect(openOnDevice(open, free, null, lease)).toMatchObject({ state: 'open' });
  });

  test('a lesson the server never spoke of waits for contact', () => {
    expect(openOnDevice(null, free, now, lease)).toEqual({ state: 'locked', reason: 'offline_unconfirmed' });
  });

  test('own watching opens a pre-authorised lesson provisionally', () => {
    expect(openOnDevice(locked('previous_lesson_not_watched', true), free, now, lease)).toEqual({
      state: 'provisional',
    });
    expect(openOnDevice(locked('previous_lesson_not_rated', true), free, now, lease)).toEqual({ state: 'provisional' });
  });

  test('without pre-authorisation it asks for contact, and after the lease too', () => {
    const unconfirmed = { state: 'locked', reason: 'offline_unconfirmed' };
    expect(openOnDevice(locked('previous_lesson_not_watched'), free, now, lease)).toEqual(unconfirmed);
    expect(openOnDevice(locked('previous_lesson_not_watched', true), free, afterLease, lease)).toEqual(unconfirmed);
  });

  test('what is still missing here is named', () => {
    const obstacle = { reason: 'previous_lesson_not_rated', blocking: { lesson_id: 'L1', title: 'Lesson 1' } } as const;
    expect(
      openOnDevice(locked('previous_lesson_not_watched', true), { sequential: true, obstacle }, now, lease),
    ).toEqual({
      state: 'locked',
      ...obstacle,
    });
  });

  test.each(['account_restricted', 'fees_not_cleared', 'access_expired', 'pathway_locked', 'no_access'] as const)(
    '%s is never guessed away',
    (reason) => {
      expect(openOnDevice(locked(reason, true), free, now, lease)).toEqual({ state: 'locked', reason });
    },
  );

  test('an approval is never guessed', () => {
    expect(openOnDevice(locked('previous_assignment_not_approved', true), free, now, lease)).toMatchObject({
      reason: 'previous_assignment_not_approved',
    });
  });

  test('a date opens by trusted time alone', () => {
    const date = '2027-03-11T00:00:00.000Z';
    const dated = locked('drip_locked', true, date);
    expect(openOnDevice(dated, free, now, lease)).toEqual({
      state: 'locked',
      reason: 'drip_locked',
      available_at: date,
    });
    expect(openOnDevice(dated, free, date, lease)).toEqual({ state: 'provisional' });
    expect(openOnDevice(dated, free, null, lease)).toEqual({
      state: 'locked',
      reason: 'offline_unconfirmed',
      available_at: date,
    });
    expect(openOnDevice(locked('drip_locked', false, date), free, date, lease)).toMatchObject({
      reason: 'offline_unconfirmed',
    });
  });

  test('when the date has come the steps before it still count', () => {
    const obstacle = {
      reason: 'previous_lesson_not_watched',
      blocking: { lesson_id: 'L1', title: 'Lesson 1' },
    } as const;
    const dated = locked('drip_locked', true, now);
    expect(openOnDevice(dated, { sequential: true, obstacle }, now, lease)).toEqual({ state: 'locked', ...obstacle });
    expect(openOnDevice(dated, { sequential: false, obstacle }, now, lease)).toEqual({ state: 'provisional' });
  });
});

describe('a course on a device: the end of the chain of workflows 2.5', () => {
  const facts = courseFacts(4, [1, 3]);
  const view = (number: number, watched: boolean, ranges: [number, number][] = []) => ({
    lesson_id: lessonId(number),
    watched,
    watched_at: watched ? now : null,
    watched_ranges: ranges,
    duration_seconds: 100,
    last_watched_at: now,
  });
  const unlock = (number: number, row: Partial<DeviceCourse['unlocks'][number]>) => ({
    lesson_id: lessonId(number),
    is_unlocked: false,
    reason: 'previous_lesson_not_watched' as const,
    available_at: null,
    blocking_lesson_id: lessonId(2),
    offline_openable: true,
    ...row,
  });
  const device: DeviceCourse = {
    course_id: course,
    settings: { ...facts.settings, watch_complete_percent: 90 },
    enrolments: [],
    modules: facts.modules,
    lessons: facts.lessons.map((lesson) => ({ ...lesson, has_media: true })),
    media: [{ id: 'L2', duration_seconds: 100 }],
    assignments: facts.assignments,
    unlocks: [
      unlock(1, { is_unlocked: true, reason: 'already_watched' }),
      unlock(2, { is_unlocked: true, reason: 'requirements_met' }),
      unlock(3, {}),
      unlock(4, { offline_openable: false }),
    ],
    views: [view(1, true)],
    ratings: [],
    submissions: [{ assignment_id: 'a1', version: 1, status: 'approved' }],
  };
  const states = (changes: Partial<DeviceCourse>) =>
    [...evaluateOnDevice({ ...device, ...changes }, now, lease)].map(
      ([id, state]) =>
        `${id} ${state.state}${'reason' in state ? ` ${state.reason}` : ''}${'blocking' in state && state.blocking ? `(${state.blocking.title})` : ''}`,
    );

  test('L2 half seen: L3 still waits for it', () => {
    expect(states({ views: [view(1, true), view(2, false, [[0, 50]])] })[2]).toBe(
      'L3 locked previous_lesson_not_watched(Lesson 2)',
    );
  });

  test('L2 watched offline: L3 opens provisionally, L4 asks for the work of L3 once that is watched', () => {
    const views = [view(1, true), view(2, false, [[0, 95]])];
    expect(states({ views })).toEqual([
      'L1 open already_watched',
      'L2 open requirements_met',
      'L3 provisional',
      'L4 locked previous_lesson_not_watched(Lesson 3)',
    ]);
    const more = { views: [...views, view(3, false, [[0, 95]])] };
    expect(states(more)[3]).toBe('L4 locked previous_assignment_not_submitted(Lesson 3)');
  });

  test('L3 handed in: L4 waits for the approval', () => {
    const views = [view(1, true), view(2, true), view(3, true)];
    const submissions = [...device.submissions, { assignment_id: 'a3', version: 1, status: 'pending' as const }];
    expect(states({ views, submissions })[3]).toBe('L4 locked previous_assignment_not_approved(Lesson 3)');
  });

  test('a lesson without a recording counts when the student said so', () => {
    const lessons = device.lessons.map((lesson) => ({ ...lesson, has_media: lesson.id !== 'L2' }));
    const done = { ...view(2, false), duration_seconds: 0 };
    expect(states({ lessons, media: [], views: [view(1, true), done] })[2]).toBe('L3 provisional');
    expect(states({ lessons, media: [], views: [view(1, true)] })[2]).toContain('previous_lesson_not_watched');
  });
});
