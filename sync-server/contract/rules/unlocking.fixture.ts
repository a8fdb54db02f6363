import type { EnrolmentFacts, StudentFacts } from './access.ts';
import type { CourseFacts, LessonState } from './unlocking.ts';

/** A student who has paid, and a course of so many lessons, with work on some: what the tests of the rules start from. */
export const course = 'course';

export const paidStudent: StudentFacts = { lms_status: 'active', lms_status_reason: null, fees_cleared: true };

export const enrolment = (changes: Partial<EnrolmentFacts> = {}): EnrolmentFacts => ({
  id: 'enrolment',
  course_id: course,
  pathway_id: null,
  current_course_id: null,
  status: 'active',
  enrolled_at: '2027-03-01T08:00:00.000Z',
  access_expires_at: null,
  drip_override: false,
  drip_enabled: null,
  sequential_override: false,
  sequential_enabled: null,
  payment_status: 'paid',
  first_installment_paid: true,
  batch: null,
  pathway_drip_enabled: null,
  ...changes,
});

export const lessonId = (number: number): string => `L${number}`;

/** Lessons L1…Ln; `work` names those that carry an assignment (a1 belongs to L1). */
export const courseFacts = (
  count: number,
  work: readonly number[],
  changes: Partial<CourseFacts> = {},
): CourseFacts => ({
  now: '2027-03-10T08:00:00.000Z',
  settings: {
    lms_sequential_unlock: true,
    drip_enabled_default: false,
    rating_gate_from: null,
    lookahead_lessons: 3,
    timezone: 'Asia/Karachi',
  },
  student: paidStudent,
  course: { id: course, drip_enabled: null },
  modules: [{ id: 'module', course_id: course, sequence_order: 1 }],
  lessons: Array.from({ length: count }, (_, index) => ({
    id: lessonId(index + 1),
    module_id: 'module',
    recording_title: `Lesson ${index + 1}`,
    sequence_order: index + 1,
    is_published: true,
    drip_days: 0,
  })),
  assignments: work.map((number) => ({
    id: `a${number}`,
    lesson_id: lessonId(number),
    is_required: true,
    is_active: true,
  })),
  enrolments: [enrolment()],
  pathway_courses: [],
  drip_overrides: [],
  views: [],
  submissions: [],
  ratings: [],
  manual_unlocks: [],
  ...changes,
});

export const watchedOn = (number: number, watched_at = '2027-03-05T08:00:00.000Z') => ({
  lesson_id: lessonId(number),
  watched: true,
  watched_at,
});

export const attempt = (number: number, status: CourseFacts['submissions'][number]['status'], version = 1) => ({
  assignment_id: `a${number}`,
  version,
  status,
});

/** `L1 open first_lesson`, `L2 locked previous_lesson_not_watched(L1)`: one line per lesson. */
export const describeStates = (states: ReadonlyMap<string, LessonState>): string[] =>
  [...states].map(
    ([id, state]) => `${id} ${state.state} ${state.reason}${state.blocking ? `(${state.blocking.lesson_id})` : ''}`,
  );
