import { useMemo } from 'react';
import { useRows, useTables } from '../../data/index.ts';
import { reviewEntries, type ReviewRows } from './review-list.ts';

const reviewTables = [
  'submissions',
  'submission_reviews',
  'assignments',
  'available_lessons',
  'modules',
  'courses',
  'users',
  'students',
] as const;

/** The rows for reviewing, live; undefined while first read. */
export function useReviewRows(): ReviewRows | undefined {
  const tables = useTables(reviewTables);
  return useMemo(
    () => tables && { ...tables, reviews: tables.submission_reviews, lessons: tables.available_lessons },
    [tables],
  );
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
