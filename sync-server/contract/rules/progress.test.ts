import { expect } from 'vitest';
import { fc, test } from '@fast-check/vitest';
import { courseProgress, isComplete, progressPercent } from './progress.ts';
import { attempt, course, courseFacts, watchedOn } from './unlocking.fixture.ts';

test('60 % watching, 40 % approved work', () => {
  expect(progressPercent({ lessons: 4, watched: 2, assignments: 2, approved: 1 })).toBe(50);
  expect(progressPercent({ lessons: 4, watched: 4, assignments: 2, approved: 0 })).toBe(60);
  expect(progressPercent({ lessons: 3, watched: 1, assignments: 0, approved: 0 })).toBe(33);
  expect(progressPercent({ lessons: 0, watched: 0, assignments: 0, approved: 0 })).toBe(0);
});

const tally = fc.tuple(fc.nat(60), fc.nat(30)).chain(([lessons, assignments]) =>
  fc.record({
    lessons: fc.constant(lessons),
    watched: fc.nat(lessons),
    assignments: fc.constant(assignments),
    approved: fc.nat(assignments),
  }),
);

test.prop([tally])('lies between 0 and 100, and complete is 100', (done) => {
  const percent = progressPercent(done);
  expect(percent).toBeGreaterThanOrEqual(0);
  expect(percent).toBeLessThanOrEqual(100);
  if (isComplete(done)) expect(percent).toBe(100);
});

test('only published lessons and required, active work count, in the course and in each module', () => {
  const facts = courseFacts(4, [1, 2, 3]);
  const { course: whole, modules } = courseProgress(
    {
      ...facts,
      modules: [
        ...facts.modules,
        { id: 'second', course_id: course, sequence_order: 2 },
        { id: 'x', course_id: 'other', sequence_order: 1 },
      ],
      lessons: facts.lessons.map((lesson, index) => ({
        ...lesson,
        module_id: index < 2 ? 'module' : 'second',
        is_published: index !== 3,
      })),
      assignments: facts.assignments.map((row) => ({
        ...row,
        is_required: row.id !== 'a2',
        is_active: row.id !== 'a3',
      })),
      views: [watchedOn(1), watchedOn(2), watchedOn(4)],
      submissions: [attempt(1, 'declined'), attempt(1, 'approved', 2), attempt(2, 'approved'), attempt(3, 'approved')],
    },
    course,
  );
  expect(whole).toEqual({ lessons: 3, watched: 2, assignments: 1, approved: 1, percent: 80, complete: false });
  expect([...modules.keys()]).toEqual(['module', 'second']);
  expect(modules.get('module')).toMatchObject({ percent: 100, complete: true });
  expect(modules.get('second')).toMatchObject({ percent: 0, complete: false });
});
