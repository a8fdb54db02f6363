import { useReplica, useRows } from '../data/index.ts';
import { paths } from '../platform/links.ts';

export type Findable = { kind: 'lesson' | 'work'; label: string; detail?: string; path: string };

/** Lessons and work this person can look up by name, from the replica. */
export const useFindable = (): Findable[] => {
  const { actor } = useReplica();
  const lessons = useRows('available_lessons') ?? [];
  const assignments = useRows('assignments') ?? [];
  const submissions = useRows('submissions', { status: 'pending' }) ?? [];
  const people = useRows('users') ?? [];
  const assignmentName = new Map(assignments.map((one) => [one.id, one.name]));
  if (actor.role === 'student') {
    return [
      ...lessons.map((one): Findable => ({ kind: 'lesson', label: one.recording_title, path: paths.lesson(one.id) })),
      ...assignments.map((one): Findable => ({ kind: 'work', label: one.name, path: paths.assignment(one.id) })),
    ];
  }
  if (actor.role !== 'mentor') return [];
  const personName = new Map(people.map((one) => [one.id, one.full_name]));
  return submissions.map((one) => ({
    kind: 'work',
    label: personName.get(one.student_id) ?? '',
    detail: assignmentName.get(one.assignment_id),
    path: paths.review(one.id),
  }));
};
