import { expect } from 'vitest';
import { fc, test } from '@fast-check/vitest';
import { evaluateCourse, type CourseFacts } from './unlocking.ts';
import { course, courseFacts, enrolment, lessonId } from './unlocking.fixture.ts';
import { lockReasons, openReasons } from './unlock-reasons.ts';

const size = 5;
const statuses = ['pending', 'approved', 'declined', 'withdrawn'] as const;
const day = fc.integer({ min: 1, max: 28 }).map((number) => `2027-03-${String(number).padStart(2, '0')}T08:00:00.000Z`);
const some = <T>(values: readonly T[]) => fc.subarray([...values]);
const lessons = Array.from({ length: size }, (_, index) => lessonId(index + 1));

const anyEnrolment = fc.record({
  id: fc.constantFrom('e1', 'e2', 'e3'),
  status: fc.constantFrom('active', 'completed', 'paused', 'cancelled'),
  enrolled_at: day,
  access_expires_at: fc.option(day),
  payment_status: fc.constantFrom('pending', 'paid', 'waived'),
  first_installment_paid: fc.boolean(),
  drip_override: fc.boolean(),
  drip_enabled: fc.option(fc.boolean()),
  sequential_override: fc.boolean(),
  sequential_enabled: fc.option(fc.boolean()),
});

const anyFacts: fc.Arbitrary<CourseFacts> = fc
  .record({
    work: some([1, 2, 3, 4, 5]),
    now: day,
    watched: some(lessons),
    watchedAt: day,
    submissions: fc.array(
      fc.record({
        assignment_id: fc.constantFrom('a1', 'a2', 'a3', 'a4', 'a5'),
        version: fc.integer({ min: 1, max: 3 }),
        status: fc.constantFrom(...statuses),
      }),
      { maxLength: 6 },
    ),
    rated: some(lessons),
    manual: some(lessons),
    gate: fc.option(fc.constant('2027-03-10')),
    drip: fc.boolean(),
    dripDays: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: size, maxLength: size }),
    enrolments: fc.array(anyEnrolment, { maxLength: 3 }),
    lms_status: fc.constantFrom('active', 'inactive', 'complete', 'suspended', 'dropout', 'refunded'),
    cause: fc.option(fc.constantFrom('overdue', 'expired', 'manual')),
    cleared: fc.boolean(),
    lookahead: fc.integer({ min: 0, max: 3 }),
  })
  .map((drawn) => {
    const base = courseFacts(size, drawn.work);
    return {
      ...base,
      now: drawn.now,
      settings: { ...base.settings, rating_gate_from: drawn.gate, lookahead_lessons: drawn.lookahead },
      student: { lms_status: drawn.lms_status, lms_status_reason: drawn.cause, fees_cleared: drawn.cleared },
      course: { id: course, drip_enabled: drawn.drip },
      lessons: base.lessons.map((lesson, index) => ({ ...lesson, drip_days: drawn.dripDays[index]! })),
      enrolments: drawn.enrolments.map((changes) => enrolment(changes)),
      views: drawn.watched.map((lesson_id) => ({ lesson_id, watched: true, watched_at: drawn.watchedAt })),
      submissions: drawn.submissions,
      ratings: drawn.rated.map((lesson_id) => ({ lesson_id })),
      manual_unlocks: drawn.manual,
    };
  });

const isOpen = (facts: CourseFacts) =>
  [...evaluateCourse(facts)].filter(([, state]) => state.state === 'open').map(([id]) => id);

test.prop([anyFacts])('every published lesson gets exactly one state with a reason from the lists', (facts) => {
  const states = evaluateCourse(facts);
  expect([...states.keys()]).toEqual(lessons);
  for (const state of states.values()) {
    expect(state.state === 'open' ? openReasons : lockReasons).toContain(state.reason);
  }
});

test.prop([anyFacts])('the order in which rows arrive changes nothing', (facts) => {
  const turned: CourseFacts = {
    ...facts,
    lessons: facts.lessons.toReversed(),
    assignments: facts.assignments.toReversed(),
    views: facts.views.toReversed(),
    ratings: facts.ratings.toReversed(),
  };
  expect([...evaluateCourse(turned)]).toEqual([...evaluateCourse(facts)]);
});

test.prop([anyFacts, fc.constantFrom(...lessons)])(
  'watching a lesson never shuts another, but for the rating it owes',
  (facts, lesson_id) => {
    const free = { ...facts, settings: { ...facts.settings, rating_gate_from: null } };
    const views = [...free.views, { lesson_id, watched: true, watched_at: free.now }];
    expect(isOpen({ ...free, views })).toEqual(expect.arrayContaining(isOpen(free)));
  },
);

test.prop([anyFacts, anyEnrolment])('another enrolment never shuts a lesson', (facts, more) => {
  const enrolments = [...facts.enrolments, enrolment({ ...more, id: 'another' })];
  expect(isOpen({ ...facts, enrolments })).toEqual(expect.arrayContaining(isOpen(facts)));
});

test.prop([anyFacts])('a restricted student opens nothing', (facts) => {
  const student = { ...facts.student, lms_status: 'suspended', lms_status_reason: 'manual' } as const;
  expect(isOpen({ ...facts, student })).toEqual([]);
});

test.prop([anyFacts])(
  'a device may open ahead only what is locked, at most the look-ahead, and never past missing work',
  (facts) => {
    const ahead = [...evaluateCourse(facts)].filter(([, state]) => state.offline_openable);
    expect(ahead.length).toBeLessThanOrEqual(facts.settings.lookahead_lessons);
    for (const [, state] of ahead) expect(state.state).toBe('locked');
    // With everything watched and rated, far in the future, each of them is open: nothing else was missing.
    const done = {
      ...facts,
      now: '2027-12-31T00:00:00.000Z',
      enrolments: facts.enrolments.map((row) => ({ ...row, access_expires_at: null })),
      views: lessons.map((lesson_id) => ({ lesson_id, watched: true, watched_at: facts.now })),
      ratings: lessons.map((lesson_id) => ({ lesson_id })),
    };
    // The lesson itself must not count as watched, or it would be open for that reason.
    for (const [id] of ahead) {
      expect(isOpen({ ...done, views: done.views.filter((view) => view.lesson_id !== id) })).toContain(id);
    }
  },
);
