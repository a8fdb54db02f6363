import { describe, expect, test } from 'vitest';
import type { EnrolmentFacts, StudentFacts } from './access.ts';
import { evaluateCourse, evaluateLesson, type CourseFacts } from './unlocking.ts';
import { attempt, course, courseFacts, describeStates, enrolment, watchedOn } from './unlocking.fixture.ts';

const lines = (facts: CourseFacts): string[] => describeStates(evaluateCourse(facts));
const reasonOf = (facts: CourseFacts, lesson_id = 'L1'): string => evaluateLesson({ ...facts, lesson_id }).reason;

describe('the chain of workflows 2.5: L1 with work a1, L2, L3 with work a3, L4', () => {
  const chain = (changes: Partial<CourseFacts>) => lines(courseFacts(4, [1, 3], changes));

  test('nothing watched', () => {
    expect(chain({})).toEqual([
      'L1 open first_lesson',
      'L2 locked previous_lesson_not_watched(L1)',
      'L3 locked previous_lesson_not_watched(L1)',
      'L4 locked previous_lesson_not_watched(L1)',
    ]);
  });

  test('L1 watched, nothing handed in', () => {
    expect(chain({ views: [watchedOn(1)] })[1]).toBe('L2 locked previous_assignment_not_submitted(L1)');
  });

  test('L1 watched, a1 pending', () => {
    expect(chain({ views: [watchedOn(1)], submissions: [attempt(1, 'pending')] })).toEqual([
      'L1 open already_watched',
      'L2 locked previous_assignment_not_approved(L1)',
      'L3 locked previous_assignment_not_approved(L1)',
      'L4 locked previous_assignment_not_approved(L1)',
    ]);
  });

  test('a1 declined, and a withdrawn second attempt counts as none', () => {
    const views = [watchedOn(1)];
    expect(chain({ views, submissions: [attempt(1, 'declined')] })[1]).toBe(
      'L2 locked previous_assignment_declined(L1)',
    );
    expect(chain({ views, submissions: [attempt(1, 'withdrawn', 2), attempt(1, 'declined')] })[1]).toBe(
      'L2 locked previous_assignment_not_submitted(L1)',
    );
  });

  test('a1 approved', () => {
    expect(chain({ views: [watchedOn(1)], submissions: [attempt(1, 'approved')] })).toEqual([
      'L1 open already_watched',
      'L2 open requirements_met',
      'L3 locked previous_lesson_not_watched(L2)',
      'L4 locked previous_lesson_not_watched(L2)',
    ]);
  });

  test('L2 watched, L3 handed in', () => {
    expect(
      chain({
        views: [watchedOn(1), watchedOn(2), watchedOn(3)],
        submissions: [attempt(1, 'approved'), attempt(3, 'pending')],
      }),
    ).toEqual([
      'L1 open already_watched',
      'L2 open already_watched',
      'L3 open already_watched',
      'L4 locked previous_assignment_not_approved(L3)',
    ]);
  });
});

describe('gates, in their order', () => {
  const through = (
    student: Partial<StudentFacts>,
    changes: Partial<EnrolmentFacts> = {},
    more: Partial<CourseFacts> = {},
  ) => {
    const facts = courseFacts(2, [], more);
    return reasonOf({ ...facts, student: { ...facts.student, ...student }, enrolments: [enrolment(changes)] });
  };
  const unpaid = { payment_status: 'pending', first_installment_paid: false } as const;

  test('an overdue invoice shuts every lesson, even watched ones, and paying brings the chain back', () => {
    const facts = courseFacts(4, [1, 3], {
      views: [watchedOn(1), watchedOn(2)],
      submissions: [attempt(1, 'approved')],
    });
    const overdue = { ...facts.student, lms_status: 'suspended', lms_status_reason: 'overdue' } as const;
    expect(lines({ ...facts, student: overdue })).toEqual(
      ['L1', 'L2', 'L3', 'L4'].map((id) => `${id} locked account_restricted`),
    );
    expect(lines(facts)[2]).toBe('L3 open requirements_met');
  });

  test('with an extra manual suspension the payment changes nothing', () => {
    expect(through({ lms_status: 'suspended', lms_status_reason: 'manual', open_causes: ['manual'] })).toBe(
      'account_restricted',
    );
  });

  test.each(['refunded', 'dropout'] as const)('%s', (lms_status) => {
    expect(through({ lms_status })).toBe('account_restricted');
  });

  test('a restriction whose only cause is expired is told by the enrolment', () => {
    const expired = { lms_status: 'suspended', lms_status_reason: 'expired' } as const;
    expect(through(expired, { access_expires_at: '2027-03-09T00:00:00Z' })).toBe('access_expired');
    expect(through({ ...expired, open_causes: ['expired', 'overdue'] })).toBe('account_restricted');
  });

  test('somebody who has completed goes on watching while access lasts', () => {
    expect(through({ lms_status: 'complete' }, { status: 'completed' })).toBe('first_lesson');
  });

  test('no enrolment, a paused or a cancelled one', () => {
    expect(reasonOf(courseFacts(1, [], { enrolments: [] }))).toBe('no_access');
    expect(through({}, { status: 'paused' })).toBe('no_access');
    expect(through({}, { status: 'cancelled' })).toBe('no_access');
  });

  test('access ends at its very instant', () => {
    expect(through({}, { access_expires_at: '2027-03-10T08:00:00.000Z' })).toBe('access_expired');
    expect(through({}, { access_expires_at: '2027-03-10T08:00:00.001Z' })).toBe('first_lesson');
  });

  test('the fee gate: paid, waived, first installment paid, or fees cleared', () => {
    expect(through({ fees_cleared: false }, unpaid)).toBe('fees_not_cleared');
    expect(through({ fees_cleared: false, lms_status: 'inactive' }, unpaid)).toBe('fees_not_cleared');
    expect(through({ fees_cleared: true }, unpaid)).toBe('first_lesson');
    expect(through({ fees_cleared: false }, { ...unpaid, payment_status: 'waived' })).toBe('first_lesson');
    expect(through({ fees_cleared: false }, { ...unpaid, first_installment_paid: true })).toBe('first_lesson');
  });

  test('a later step of the pathway', () => {
    const pathway_courses = [
      { pathway_id: 'p', course_id: 'before', step_number: 1, is_choice_point: false },
      { pathway_id: 'p', course_id: course, step_number: 2, is_choice_point: false },
    ];
    const at = (current_course_id: string | null) =>
      through({}, { course_id: null, pathway_id: 'p', current_course_id }, { pathway_courses });
    expect(at('before')).toBe('pathway_locked');
    expect(at(null)).toBe('pathway_locked');
    expect(at(course)).toBe('first_lesson');
  });

  test('a choice not taken stays shut beside the one taken', () => {
    const choice = (course_id: string) => ({ pathway_id: 'p', course_id, step_number: 2, is_choice_point: true });
    const more = { pathway_courses: [choice(course), choice('other')] };
    expect(through({}, { course_id: null, pathway_id: 'p', current_course_id: 'other' }, more)).toBe('pathway_locked');
  });

  test('a full bypass needs both switches off; one alone is no bypass', () => {
    const off = { drip_override: true, drip_enabled: false, sequential_override: true, sequential_enabled: false };
    const last = (changes: Partial<EnrolmentFacts>) =>
      reasonOf(courseFacts(2, [], { enrolments: [enrolment(changes)] }), 'L2');
    expect(last(off)).toBe('drip_bypass');
    expect(last({ ...off, drip_override: false })).toBe('sequential_off');
    expect(last({ ...off, sequential_override: false })).toBe('previous_lesson_not_watched');
  });

  test('opened by hand, but never past the fee gate', () => {
    const facts = courseFacts(3, [], { manual_unlocks: ['L3'] });
    expect(reasonOf(facts, 'L3')).toBe('manually_unlocked');
    expect(
      reasonOf({ ...facts, student: { ...facts.student, fees_cleared: false }, enrolments: [enrolment(unpaid)] }, 'L3'),
    ).toBe('fees_not_cleared');
  });
});

describe('drip dates', () => {
  const drip = (changes: Partial<EnrolmentFacts>, more: Partial<CourseFacts> = {}) => {
    const facts = courseFacts(2, [], more);
    const lessons = facts.lessons.map((lesson) => ({ ...lesson, drip_days: 10 }));
    return evaluateLesson({
      ...facts,
      lessons,
      course: { id: course, drip_enabled: true },
      enrolments: [enrolment(changes)],
      lesson_id: 'L1',
    });
  };

  test('counts from the enrolment without a batch', () => {
    expect(drip({})).toMatchObject({ reason: 'drip_locked', available_at: '2027-03-11T08:00:00.000Z' });
    expect(drip({}, { now: '2027-03-11T08:00:00.000Z' })).toMatchObject({ state: 'open', reason: 'first_lesson' });
  });

  test('counts from the first hour of the batch’s start day in its own zone', () => {
    const batch = { start_date: '2027-03-10', timezone: 'Asia/Karachi' };
    expect(drip({ batch }).available_at).toBe('2027-03-19T19:00:00.000Z');
  });

  test('a clock change does not move the hour', () => {
    const batch = { start_date: '2027-03-20', timezone: 'Europe/Berlin' };
    expect(drip({ batch }).available_at).toBe('2027-03-29T22:00:00.000Z');
  });

  test('the narrowest number of days counts', () => {
    const rule = { lesson_id: 'L1', course_id: course };
    const drip_overrides = [
      { ...rule, pathway_id: null, drip_days: 20 },
      { ...rule, pathway_id: 'p', drip_days: 30 },
    ];
    expect(drip({}, { drip_overrides }).available_at).toBe('2027-03-21T08:00:00.000Z');
    const pathway_courses = [{ pathway_id: 'p', course_id: course, step_number: 1, is_choice_point: false }];
    const byPathway = { course_id: null, pathway_id: 'p', current_course_id: course };
    expect(drip(byPathway, { drip_overrides, pathway_courses }).available_at).toBe('2027-03-31T08:00:00.000Z');
  });

  test('the switch: enrolment, else pathway, else course, else company', () => {
    expect(drip({ drip_override: true, drip_enabled: false }).reason).toBe('first_lesson');
    expect(drip({ drip_enabled: false }).reason).toBe('drip_locked');
    expect(drip({ pathway_drip_enabled: false }).reason).toBe('first_lesson');
  });

  test('what was watched stays open whatever the date', () => {
    expect(drip({}, { views: [watchedOn(1)] }).reason).toBe('already_watched');
  });
});

describe('the rating gate', () => {
  const settings = { ...courseFacts(0, []).settings, rating_gate_from: '2027-03-05' };

  test('asks for a rating of what was watched since it began, by the company’s calendar', () => {
    // 4 March 19:30 UTC is already 5 March in Karachi.
    expect(lines(courseFacts(2, [], { settings, views: [watchedOn(1, '2027-03-04T19:30:00Z')] }))[1]).toBe(
      'L2 locked previous_lesson_not_rated(L1)',
    );
    expect(lines(courseFacts(2, [], { settings, views: [watchedOn(1, '2027-03-04T18:30:00Z')] }))[1]).toBe(
      'L2 open requirements_met',
    );
  });

  test('opens with the rating', () => {
    const rated = courseFacts(2, [], { settings, views: [watchedOn(1)], ratings: [{ lesson_id: 'L1' }] });
    expect(lines(rated)[1]).toBe('L2 open requirements_met');
  });
});

describe('several enrolments', () => {
  const shut = enrolment({ id: 'shut', status: 'cancelled', enrolled_at: '2027-03-02T00:00:00Z' });

  test('one that opens is enough', () => {
    expect(reasonOf(courseFacts(1, [], { enrolments: [shut, enrolment()] }))).toBe('first_lesson');
  });

  test('else the reason that comes latest in the list', () => {
    const unpaid = enrolment({ id: 'unpaid', payment_status: 'pending', first_installment_paid: false });
    const facts = courseFacts(1, [], { enrolments: [unpaid, shut] });
    expect(reasonOf({ ...facts, student: { ...facts.student, fees_cleared: false } })).toBe('fees_not_cleared');
  });

  test('ties go to the newest', () => {
    const lessons = courseFacts(1, []).lessons.map((lesson) => ({ ...lesson, drip_days: 30 }));
    const older = enrolment({ id: 'b', enrolled_at: '2027-02-20T00:00:00.000Z' });
    const newer = enrolment({ id: 'a', enrolled_at: '2027-02-25T00:00:00.000Z' });
    const facts = courseFacts(1, [], {
      lessons,
      course: { id: course, drip_enabled: true },
      enrolments: [older, newer],
    });
    expect(evaluateLesson({ ...facts, lesson_id: 'L1' }).available_at).toBe('2027-03-27T00:00:00.000Z');
  });
});

describe('what a device may open ahead', () => {
  const ahead = (facts: CourseFacts) =>
    [...evaluateCourse(facts)].filter(([, state]) => state.offline_openable).map(([id]) => id);

  test('the next lessons that only wait for the student’s own watching, as many as the company allows', () => {
    expect(ahead(courseFacts(6, []))).toEqual(['L2', 'L3', 'L4']);
    const facts = courseFacts(6, []);
    expect(ahead({ ...facts, settings: { ...facts.settings, lookahead_lessons: 1 } })).toEqual(['L2']);
    expect(ahead({ ...facts, settings: { ...facts.settings, lookahead_lessons: 0 } })).toEqual([]);
  });

  test('never past work that is not approved', () => {
    expect(ahead(courseFacts(6, [2]))).toEqual(['L2']);
    expect(ahead(courseFacts(6, [1], { views: [watchedOn(1)], submissions: [attempt(1, 'pending')] }))).toEqual([]);
  });

  test('never past a gate', () => {
    expect(ahead(courseFacts(6, [], { enrolments: [enrolment({ status: 'paused' })] }))).toEqual([]);
  });

  test('a date is something a device can wait for', () => {
    const lessons = courseFacts(2, []).lessons.map((lesson) => ({ ...lesson, drip_days: 30 }));
    expect(ahead(courseFacts(2, [], { lessons, course: { id: course, drip_enabled: true } }))).toEqual(['L1', 'L2']);
  });
});

test('lessons follow module order, then their own, then their id, and unpublished ones do not exist', () => {
  const lesson = (id: string, module_id: string, sequence_order: number, is_published = true) => ({
    id,
    module_id,
    sequence_order,
    is_published,
    recording_title: id,
    drip_days: 0,
  });
  const states = evaluateCourse(
    courseFacts(0, [], {
      modules: [
        { id: 'm2', course_id: course, sequence_order: 2 },
        { id: 'm1', course_id: course, sequence_order: 1 },
        { id: 'elsewhere', course_id: 'other', sequence_order: 0 },
      ],
      lessons: [
        lesson('d', 'm2', 1),
        lesson('b', 'm1', 2),
        lesson('c', 'm1', 2),
        lesson('a', 'm1', 1, false),
        lesson('x', 'elsewhere', 1),
      ],
    }),
  );
  expect([...states.keys()]).toEqual(['b', 'c', 'd']);
  expect(states.get('b')).toMatchObject({ reason: 'first_lesson' });
});
