import type { Assignment, AvailableLesson } from '#contract/tables/lessons.ts';
import type { Course, Module } from '#contract/tables/courses.ts';
import type { Student, User } from '#contract/tables/people.ts';
import type { Submission, SubmissionReview } from '#contract/tables/submissions.ts';

/** The replica's rows that reviewing is made of. */
export type ReviewRows = {
  submissions: Submission[];
  reviews: SubmissionReview[];
  assignments: Assignment[];
  lessons: AvailableLesson[];
  modules: Module[];
  courses: Course[];
  users: User[];
  students: Student[];
};

/** One attempt with everything a reviewer wants beside it. */
export type ReviewEntry = {
  submission: Submission;
  assignment: Assignment | undefined;
  lesson: AvailableLesson | undefined;
  course: Course | undefined;
  person: User | undefined;
  student: Student | undefined;
  /** Other attempts of the same student at the same assignment, newest first. */
  others: Submission[];
  /** The highest version there is; a lower one can no longer be decided. */
  isLatest: boolean;
};

/** Every attempt this reviewer sees, oldest first. */
export function reviewEntries(rows: ReviewRows): ReviewEntry[] {
  const byId = <T extends { id: string }>(list: T[]): Map<string, T> => new Map(list.map((one) => [one.id, one]));
  const assignments = byId(rows.assignments);
  const lessons = byId(rows.lessons);
  const modules = byId(rows.modules);
  const courses = byId(rows.courses);
  const users = byId(rows.users);
  const students = byId(rows.students);
  const attempts = Map.groupBy(rows.submissions, (one) => `${one.student_id}|${one.assignment_id}`);
  return rows.submissions
    .map((submission): ReviewEntry => {
      const assignment = assignments.get(submission.assignment_id);
      const lesson = lessons.get(assignment?.lesson_id ?? '');
      const courseId = modules.get(lesson?.module_id ?? '')?.course_id ?? assignment?.course_id ?? '';
      const same = attempts.get(`${submission.student_id}|${submission.assignment_id}`) ?? [];
      return {
        submission,
        assignment,
        lesson,
        course: courses.get(courseId),
        person: users.get(submission.student_id),
        student: students.get(submission.student_id),
        others: same.filter((one) => one.id !== submission.id).toSorted((a, b) => b.version - a.version),
        isLatest: same.every((one) => one.version <= submission.version),
      };
    })
    .toSorted((a, b) => a.submission.submitted_at.localeCompare(b.submission.submitted_at));
}

const hours = 3_600_000;
/** Work waits too long after this. */
export const slowAfter = 48 * hours;

/** What a mentor's home tells: how much waits, how old it is, what was done this week, who has gone quiet. */
export function reviewSummary(
  entries: readonly ReviewEntry[],
  rows: ReviewRows,
  me: string,
  now: Date,
  quietDays: number,
) {
  const waiting = entries.filter(({ submission }) => submission.status === 'pending');
  const age = (at: string): number => now.getTime() - Date.parse(at);
  const week = 7 * 24 * hours;
  return {
    waiting: waiting.length,
    oldest: waiting[0]?.submission.submitted_at ?? null,
    slow: waiting.filter(({ submission }) => age(submission.submitted_at) > slowAfter).length,
    decidedThisWeek: rows.reviews.filter(
      (review) =>
        review.reviewer_id === me &&
        review.decision !== 'comment' &&
        review.decision !== 'reopened' &&
        age(review.reviewed_at_client) < week,
    ).length,
    quiet: rows.users
      .filter((user) => user.role === 'student' && user.lms_status === 'active')
      .filter((user) => !user.last_active_at || age(user.last_active_at) > quietDays * 24 * hours)
      .toSorted((a, b) => (a.last_active_at ?? '').localeCompare(b.last_active_at ?? '')),
  };
}
