import { useMemo } from 'react';
import { useRows } from '../../data/index.ts';
import { reviewEntries, type ReviewRows } from './review-list.ts';

/** The rows for reviewing, live; undefined while first read. */
export function useReviewRows(): ReviewRows | undefined {
  const submissions = useRows('submissions');
  const reviews = useRows('submission_reviews');
  const assignments = useRows('assignments');
  const lessons = useRows('available_lessons');
  const modules = useRows('modules');
  const courses = useRows('courses');
  const users = useRows('users');
  const students = useRows('students');
  return useMemo(() => {
    const rows = { submissions, reviews, assignments, lessons, modules, courses, users, students };
    return Object.values(rows).some((list) => list === undefined) ? undefined : (rows as ReviewRows);
  }, [submissions, reviews, assignments, lessons, modules, courses, users, students]);
}

/** Every attempt this reviewer sees, oldest first; undefined while first read. */
export function useReviewEntries() {
  const rows = useReviewRows();
  return useMemo(() => rows && reviewEntries(rows), [rows]);
}

/** How much work waits for a decision; for the sidebar. */
export function useWaitingCount(): number {
  return (useRows('submissions', { status: 'pending' }) ?? []).length;
}
