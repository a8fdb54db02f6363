import type { CourseEnrollment, PathwayCourse } from '../tables/courses.ts';
import type { User } from '../tables/people.ts';
import { at } from './dates.ts';
import type { LockReason } from './unlock-reasons.ts';

/** Why access may be limited; payment causes restrict, the others block (workflows 2.1). */
export type AccessCause = NonNullable<User['lms_status_reason']>;

export type StudentFacts = Pick<User, 'lms_status' | 'lms_status_reason'> & {
  /** Every fee of every active enrolment is paid or waived. */
  fees_cleared: boolean;
  /** All causes open now; without any, the one named by `lms_status_reason` is taken as the only one. */
  open_causes?: readonly AccessCause[];
};

export type EnrolmentFacts = Pick<
  CourseEnrollment,
  | 'id'
  | 'course_id'
  | 'pathway_id'
  | 'current_course_id'
  | 'status'
  | 'enrolled_at'
  | 'access_expires_at'
  | 'drip_override'
  | 'drip_enabled'
  | 'sequential_override'
  | 'sequential_enabled'
> & {
  payment_status: NonNullable<CourseEnrollment['payment_status']>;
  /** Installment 1 of this enrolment has been paid. */
  first_installment_paid: boolean;
  /** Start day of the batch and the zone it is meant in; null without a batch. */
  batch: { start_date: string; timezone: string } | null;
  /** The drip switch of the pathway this enrolment came through; null = not set there, or a direct enrolment. */
  pathway_drip_enabled: boolean | null;
};

/** A student who is dropped out, refunded or suspended learns nothing; `expired` alone is told by the enrolment itself. */
export function isRestricted(student: StudentFacts): boolean {
  if (student.lms_status === 'dropout' || student.lms_status === 'refunded') return true;
  if (student.lms_status !== 'suspended') return false;
  const causes = student.open_causes?.length ? student.open_causes : [student.lms_status_reason];
  return causes.some((cause) => cause !== 'expired');
}

/** Workflows 2.1: what has to be paid before the first lesson opens. */
export const isFeeGateOpen = (student: StudentFacts, enrolment: EnrolmentFacts): boolean =>
  student.fees_cleared ||
  enrolment.payment_status === 'paid' ||
  enrolment.payment_status === 'waived' ||
  enrolment.first_installment_paid;

export type PathwayStep = Pick<PathwayCourse, 'pathway_id' | 'course_id' | 'step_number' | 'is_choice_point'>;

/** True where the course is behind the step of the pathway the student has reached. */
function isLaterStep(enrolment: EnrolmentFacts, courseId: string, steps: readonly PathwayStep[]): boolean {
  if (!enrolment.pathway_id || enrolment.current_course_id === courseId || enrolment.status === 'completed')
    return false;
  const own = steps.filter((step) => step.pathway_id === enrolment.pathway_id);
  const step = own.find((candidate) => candidate.course_id === courseId);
  const current = own.find((candidate) => candidate.course_id === enrolment.current_course_id);
  // The course came with the batch, not with the pathway.
  if (!step) return false;
  // Without a pointer the student stands at the first step, unless that one must be chosen.
  if (!current) return step.is_choice_point || own.some((other) => other.step_number < step.step_number);
  return step.step_number > current.step_number || (step.step_number === current.step_number && step.is_choice_point);
}

/** Steps 2 and 3 of workflows 2.2: why this enrolment gives no access to the course, or null when it does. */
export function accessLock(
  student: StudentFacts,
  enrolment: EnrolmentFacts,
  courseId: string,
  steps: readonly PathwayStep[],
  now: string,
): LockReason | null {
  if (enrolment.access_expires_at && at(enrolment.access_expires_at) <= at(now)) return 'access_expired';
  if (enrolment.status !== 'active' && enrolment.status !== 'completed') return 'no_access';
  if (isLaterStep(enrolment, courseId, steps)) return 'pathway_locked';
  return isFeeGateOpen(student, enrolment) ? null : 'fees_not_cleared';
}
