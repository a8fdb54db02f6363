import { expect, test } from 'vitest';
import type { CourseTree, LessonEntry } from '../lessons/index.ts';
import { stepTo } from './next-step.ts';

const entry = {
  lesson: { id: 'a' },
  work: [{ assignment: { id: 'work-a' }, latest: undefined }],
} as unknown as LessonEntry;
const tree = { lessons: [entry] } as unknown as CourseTree;

test.each([
  ['previous_lesson_not_watched', 'watch'],
  ['previous_lesson_not_rated', 'rate'],
  ['previous_assignment_not_submitted', 'submit'],
  ['previous_assignment_declined', 'revise'],
  ['previous_assignment_not_approved', null],
  ['fees_not_cleared', null],
] as const)('%s is resolved by: %s', (reason, kind) => {
  expect(stepTo(reason, 'a', tree)?.kind ?? null).toBe(kind);
});
