import { expect, test } from 'vitest';
import type { Submission } from '#contract/tables/submissions.ts';
import type { UserUnlock } from '#contract/tables/learning.ts';
import type { CourseTree, LessonEntry } from '../lessons/index.ts';
import { unfinished, workEntries } from './work-list.ts';

const lesson = (id: string, open = true, dueDays = 3): LessonEntry =>
  ({
    lesson: { id, recording_title: `Lesson ${id}` },
    state: open ? { state: 'open', reason: 'requirements_met' } : { state: 'locked', reason: 'drip_locked' },
    work: [{ assignment: { id: `work ${id}`, name: `Work ${id}`, due_days: dueDays } }],
  }) as unknown as LessonEntry;
const tree = (...lessons: LessonEntry[]): CourseTree => ({ lessons }) as unknown as CourseTree;
const attempt = (id: string, status: Submission['status'], version = 1): Submission =>
  ({ id: `${id} ${version}`, assignment_id: `work ${id}`, status, version }) as Submission;
const opened = (id: string): UserUnlock => ({ lesson_id: id, unlocked_at: '2026-11-21T10:00:00.000Z' }) as UserUnlock;

test('needs changes comes first, then to do by due date, then in review; approved and locked are left out', () => {
  const ids = ['review', 'later', 'soon', 'again', 'done', 'shut', 'taken back'];
  const course = tree(
    lesson('review'),
    lesson('later', true, 9),
    lesson('soon'),
    lesson('again'),
    lesson('done'),
    lesson('shut', false),
    lesson('taken back', true, 20),
  );
  const submissions = [
    attempt('review', 'pending'),
    attempt('again', 'declined'),
    attempt('done', 'approved'),
    attempt('taken back', 'withdrawn'),
  ];
  const work = workEntries([course], { submissions, unlocks: ids.map(opened) });
  expect(unfinished(work).map(({ assignment, status }) => [assignment.name, status])).toEqual([
    ['Work again', 'declined'],
    ['Work soon', 'todo'],
    ['Work later', 'todo'],
    ['Work taken back', 'todo'],
    ['Work review', 'pending'],
  ]);
});

test('the newest attempt decides, and all are listed newest first', () => {
  const submissions = [attempt('a', 'declined', 1), attempt('a', 'pending', 2)];
  const [work] = workEntries([tree(lesson('a'))], { submissions, unlocks: [opened('a')] });
  expect(work).toMatchObject({ status: 'pending', due: '2026-11-24T10:00:00.000Z' });
  expect(work?.attempts.map(({ version }) => version)).toEqual([2, 1]);
});

test('work already begun stays reachable when its lesson locks again, and without an opening there is no due date', () => {
  const [begun, fresh] = workEntries([tree(lesson('a', false), lesson('b', false))], {
    submissions: [attempt('a', 'declined')],
    unlocks: [],
  });
  expect(begun).toMatchObject({ open: true, due: null });
  expect(fresh).toMatchObject({ open: false, status: 'todo' });
});
