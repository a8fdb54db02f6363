import { useMemo } from 'react';
import { useSyncFact, useTables, useTrustedNow, type DocOf } from '../../data/index.ts';
import { courseTree, enrolledCourses, type CourseTree, type LearningRows } from './course-tree.ts';

const learningTables = [
  'company_settings',
  'courses',
  'course_enrollments',
  'pathway_courses',
  'modules',
  'available_lessons',
  'lesson_media',
  'assignments',
  'user_unlocks',
  'recording_views',
  'recording_ratings',
  'submissions',
] as const;

/** The replica's rows for learning, live; undefined while they are first read. */
export function useLearningRows(): LearningRows | undefined {
  const tables = useTables(learningTables);
  return useMemo(() => {
    const settings = tables?.company_settings[0];
    if (!tables || !settings) return undefined;
    return {
      settings,
      courses: tables.courses,
      enrolments: tables.course_enrollments,
      pathwayCourses: tables.pathway_courses,
      modules: tables.modules,
      lessons: tables.available_lessons,
      media: tables.lesson_media,
      assignments: tables.assignments,
      unlocks: tables.user_unlocks,
      views: tables.recording_views,
      ratings: tables.recording_ratings,
      submissions: tables.submissions,
    };
  }, [tables]);
}

/** Every course the student reaches, with its lessons as this device may open them; undefined while first read. */
export function useCourseTrees(): CourseTree[] | undefined {
  const rows = useLearningRows();
  const now = useTrustedNow();
  const lease = useSyncFact(({ leaseUntil }) => leaseUntil?.toISOString() ?? null);
  // Minutes are fine enough for dates and leases, and keep the tree stable in between.
  const minute = now === null ? null : new Date(Math.floor(now.getTime() / 60_000) * 60_000).toISOString();
  return useMemo(
    () =>
      rows && enrolledCourses(rows).map((course) => courseTree(rows, course, minute, lease ? { until: lease } : null)),
    [rows, minute, lease],
  );
}

/** The course the student is in: where the last lesson was watched, else the first that is not finished. */
export function currentCourse(trees: readonly CourseTree[]): CourseTree | null {
  const lastSeen = (tree: CourseTree): string =>
    tree.lessons.reduce(
      (latest, { view }) => ((view?.last_watched_at ?? '') > latest ? (view?.last_watched_at ?? '') : latest),
      '',
    );
  const unfinished = trees.filter((tree) => tree.frontier !== null);
  const candidates = unfinished.length > 0 ? unfinished : trees;
  return candidates.toSorted((a, b) => (lastSeen(a) < lastSeen(b) ? 1 : lastSeen(a) > lastSeen(b) ? -1 : 0))[0] ?? null;
}

/** A lesson with its course; undefined while first read, null when this person has no such lesson. */
export function useLesson(lessonId: string | undefined) {
  const trees = useCourseTrees();
  return useMemo(() => {
    if (!trees) return undefined;
    for (const tree of trees) {
      const at = tree.lessons.findIndex((entry) => entry.lesson.id === lessonId);
      if (at >= 0) return { tree, entry: tree.lessons[at]!, next: tree.lessons[at + 1] ?? null };
    }
    return null;
  }, [trees, lessonId]);
}

export type NoteRow = DocOf<'lesson_notes'>;
