import { orderLessons } from '#contract/rules/lesson-order.ts';
import { evaluateOnDevice, isWatchedHere, type DeviceState, type Lease } from '#contract/rules/device-unlocking.ts';
import { latestAttempt } from '#contract/rules/predecessors.ts';
import type { Assignment, AvailableLesson, LessonMedia } from '#contract/tables/lessons.ts';
import type { CompanySettings } from '#contract/tables/company.ts';
import type { Course, CourseEnrollment, Module, PathwayCourse } from '#contract/tables/courses.ts';
import type { RecordingRating, RecordingView, UserUnlock } from '#contract/tables/learning.ts';
import type { Submission } from '#contract/tables/submissions.ts';

/** The replica's rows that the list of lessons is made of. */
export type LearningRows = {
  settings: CompanySettings;
  courses: Course[];
  enrolments: CourseEnrollment[];
  pathwayCourses: PathwayCourse[];
  modules: Module[];
  lessons: AvailableLesson[];
  media: LessonMedia[];
  assignments: Assignment[];
  unlocks: UserUnlock[];
  views: RecordingView[];
  ratings: RecordingRating[];
  submissions: Submission[];
};

/** One lesson as the student meets it on this device. */
export type LessonEntry = {
  lesson: AvailableLesson;
  /** Position in the course, from 1. */
  number: number;
  state: DeviceState;
  view: RecordingView | undefined;
  /** Watched by the rule, as far as this device knows. */
  done: boolean;
  rating: RecordingRating | undefined;
  media: LessonMedia | undefined;
  work: { assignment: Assignment; latest: Submission | undefined }[];
};
export type ModuleEntry = { module: Module; lessons: LessonEntry[]; done: number };
export type CourseTree = {
  course: Course;
  modules: ModuleEntry[];
  lessons: LessonEntry[];
  done: number;
  /** The first open lesson that is not done; else the first locked one; null when all is done. */
  frontier: LessonEntry | null;
};

/** The courses a student reaches, in the order to learn them: pathway steps first, then single courses. */
export function enrolledCourses(
  rows: Pick<LearningRows, 'courses' | 'enrolments' | 'pathwayCourses' | 'modules'>,
): Course[] {
  const active = rows.enrolments.filter((enrolment) => enrolment.status !== 'cancelled');
  const known = new Map(rows.courses.map((course) => [course.id, course]));
  const withContent = new Set(rows.modules.map((module) => module.course_id));
  const ids = new Set<string>();
  for (const { pathway_id } of active.filter((enrolment) => enrolment.pathway_id !== null)) {
    const steps = rows.pathwayCourses.filter((step) => step.pathway_id === pathway_id);
    for (const step of steps.toSorted((a, b) => a.step_number - b.step_number)) ids.add(step.course_id);
  }
  for (const { course_id } of active) if (course_id) ids.add(course_id);
  return [...ids]
    .map((id) => known.get(id))
    .filter((course) => course !== undefined && withContent.has(course.id)) as Course[];
}

/** Everything the lesson screens show of one course, decided by the rules both sides run. */
export function courseTree(rows: LearningRows, course: Course, trustedNow: string | null, lease: Lease): CourseTree {
  const states = evaluateOnDevice({ ...rows, course_id: course.id, enrolments: rows.enrolments }, trustedNow, lease);
  const views = new Map(rows.views.map((view) => [view.lesson_id, view]));
  const ratings = new Map(rows.ratings.map((rating) => [rating.lesson_id, rating]));
  const media = new Map(rows.media.map((one) => [one.id, one]));
  const latest = latestAttempt(rows.submissions);
  const ordered = orderLessons(rows.modules, rows.lessons, course.id);
  const entries = ordered.map((lesson, position): LessonEntry => {
    const view = views.get(lesson.id);
    const facts = { has_media: lesson.has_media, duration_seconds: media.get(lesson.id)?.duration_seconds ?? null };
    return {
      lesson,
      number: position + 1,
      state: states.get(lesson.id) ?? { state: 'locked', reason: 'offline_unconfirmed' },
      view,
      done: isWatchedHere(view, facts, rows.settings.watch_complete_percent),
      rating: ratings.get(lesson.id),
      media: media.get(lesson.id),
      work: rows.assignments
        .filter((assignment) => assignment.lesson_id === lesson.id && assignment.is_active)
        .map((assignment) => ({ assignment, latest: latest.get(assignment.id) })),
    };
  });
  const modules = rows.modules
    .filter((module) => module.course_id === course.id)
    .toSorted((a, b) => a.sequence_order - b.sequence_order || (a.id < b.id ? -1 : 1))
    .map((module) => {
      const lessons = entries.filter((entry) => entry.lesson.module_id === module.id);
      return { module, lessons, done: lessons.filter((entry) => entry.done).length };
    });
  return {
    course,
    modules,
    lessons: entries,
    done: entries.filter((entry) => entry.done).length,
    frontier: entries.find((entry) => !entry.done) ?? null,
  };
}
