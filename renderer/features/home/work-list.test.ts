import { expect, test } from 'vitest';
import type { CourseTree, LessonEntry } from '../lessons/index.ts';
import { stepTo } from './next-step.ts';
import { workOf } from './work-list.ts';

type Latest = { id: string; status: 'pending' | 'approved' | 'declined' | 'withdrawn' };
const entry = (id: string, open: boolean, latest?: Latest, dueDays = 3): LessonEntry =>
  ({
    lesson: { id, recording_title: `Lesson ${id}` },
    state: open ? { state: 'open', reason: 'requirements_met' } : { state: 'locked', reason: 'drip_locked' },
    work: [{ assignment: { id: `work-${id}`, name: `Work ${id}`, due_days: dueDays }, latest }],
  }) as unknown as LessonEntry;
const tree = (...lessons: LessonEntry[]): CourseTree => ({ lessons }) as unknown as CourseTree;
const now = new Date('2026-11-22T10:00:00.000Z');
const openedAt = (id: string, at: string) => ({ lesson_id: id, unlocked_at: at });

test('needs changes comes first, then to do by due date, then in review; approved and locked are left out', () => {
  const course = tree(
    entry('review', true, { id: 's1', status: 'pending' }),
    entry('later', true, undefined, 9),
    entry('soon', true),
    entry('again', true, { id: 's2', status: 'declined' }),
    entry('done', true, { id: 's3', status: 'approved' }),
    entry('shut', false),
    entry('taken back', true, { id: 's4', status: 'withdrawn' }, 20),
  );
  const unlocks = course.lessons.map(({ lesson }) => openedAt(lesson.id, '2026-11-21T10:00:00.000Z'));
  expect(workOf([course], unlocks, now).map((item) => [item.name, item.status])).toEqual([
    ['Work again', 'declined'],
    ['Work soon', 'todo'],
    ['Work later', 'todo'],
    ['Work taken back', 'todo'],
    ['Work review', 'pending'],
  ]);
});

test('overdue is what the student still has to do, never what is with the mentor', () => {
  const course = tree(entry('a', true), entry('b', true, { id: 's', status: 'pending' }));
  const unlocks = [openedAt('a', '2026-11-01T10:00:00.000Z'), openedAt('b', '2026-11-01T10:00:00.000Z')];
  expect(workOf([course], unlocks, now).map((item) => item.overdue)).toEqual([true, false]);
});

test('without an opening there is no due date', () => {
  expect(workOf([tree(entry('a', true))], [], now)[0]).toMatchObject({ due: null, overdue: false });
});

test.each([
  ['previous_lesson_not_watched', 'watch'],
  ['previous_lesson_not_rated', 'rate'],
  ['previous_assignment_not_submitted', 'submit'],
  ['previous_assignment_declined', 'revise'],
  ['previous_assignment_not_approved', null],
  ['fees_not_cleared', null],
] as const)('%s is resolved by: %s', (reason, kind) => {
  expect(stepTo(reason, 'a', tree(entry('a', true)))?.kind ?? null).toBe(kind);
});
