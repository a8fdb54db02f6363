import type { CompanySettings } from '../tables/company.ts';
import type { Course } from '../tables/courses.ts';
import type { EnrolmentFacts } from './access.ts';
import { addCalendarDays, addDays, startOfDay } from './dates.ts';

/** Days a lesson waits in a context; `pathway_id` null = however the course was reached. */
export type DripOverride = { lesson_id: string; course_id: string; pathway_id: string | null; drip_days: number };

/** The narrowest rule counts: (pathway, course, lesson), else (course, lesson), else the lesson's own days. */
export function dripDays(
  lesson: { id: string; drip_days?: number },
  courseId: string,
  pathwayId: string | null,
  overrides: readonly DripOverride[],
): number {
  const here = overrides.filter((rule) => rule.lesson_id === lesson.id && rule.course_id === courseId);
  const narrow = pathwayId ? here.find((rule) => rule.pathway_id === pathwayId) : undefined;
  const rule = narrow ?? here.find((candidate) => candidate.pathway_id === null);
  return rule?.drip_days ?? lesson.drip_days ?? 0;
}

/** Enrolment override, else the pathway it came through, else the course, else the company. */
export function isDripOn(
  enrolment: EnrolmentFacts,
  course: Pick<Course, 'drip_enabled'>,
  settings: Pick<CompanySettings, 'drip_enabled_default'>,
): boolean {
  if (enrolment.drip_override && enrolment.drip_enabled !== null) return enrolment.drip_enabled;
  return enrolment.pathway_drip_enabled ?? course.drip_enabled ?? settings.drip_enabled_default;
}

/** When the lesson's date comes: days after the batch began (in the batch's zone), else after the enrolment. */
export const dripDate = (enrolment: EnrolmentFacts, days: number): string =>
  enrolment.batch
    ? startOfDay(addCalendarDays(enrolment.batch.start_date, days), enrolment.batch.timezone)
    : addDays(enrolment.enrolled_at, days);
