import { useMemo } from 'react';
import { useCourseTrees, useLearningRows } from '../lessons/index.ts';
import { workEntries, type WorkEntry } from './work-list.ts';

/** The student's work, live; undefined while first read. */
export function useWork(): WorkEntry[] | undefined {
  const trees = useCourseTrees();
  const rows = useLearningRows();
  return useMemo(() => trees && rows && workEntries(trees, rows), [trees, rows]);
}

/** How much work waits for the student: to do or to revise, in open lessons. For the sidebar's count. */
export function useWorkCount(): number {
  const work = useWork();
  return (work ?? []).filter((entry) => entry.open && (entry.status === 'todo' || entry.status === 'declined')).length;
}

/** One assignment of the student; undefined while first read, null when it is not his. */
export function useWorkEntry(assignmentId: string | undefined): WorkEntry | null | undefined {
  const work = useWork();
  return useMemo(() => work && (work.find((one) => one.assignment.id === assignmentId) ?? null), [work, assignmentId]);
}
