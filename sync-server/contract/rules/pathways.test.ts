import { expect, test } from 'vitest';
import { nextMove } from './pathways.ts';

const step = (course_id: string, step_number: number, changes = {}) => ({
  pathway_id: 'p',
  course_id,
  step_number,
  is_choice_point: false,
  choice_group: null as number | null,
  is_mandatory: true,
  ...changes,
});
const straight = [step('a', 1), step('b', 2), step('c', 4)];
const move = (current_course_id: string | null, completed: string[], steps = straight) =>
  nextMove({ pathway_id: 'p', current_course_id, status: 'active' }, steps, new Set(completed));

test('a new enrolment starts at the first step', () => {
  expect(move(null, [])).toEqual({ kind: 'course', course_id: 'a' });
});

test('goes on only when the current course is completed, to the lowest step above it', () => {
  expect(move('a', [])).toEqual({ kind: 'stay' });
  expect(move('a', ['b'])).toEqual({ kind: 'stay' });
  expect(move('a', ['a'])).toEqual({ kind: 'course', course_id: 'b' });
  expect(move('b', ['a', 'b'])).toEqual({ kind: 'course', course_id: 'c' });
});

test('is finished past the last step', () => {
  expect(move('c', ['a', 'b', 'c'])).toEqual({ kind: 'finished' });
});

test('waits at a choice, and the chosen course alone counts there', () => {
  const choice = { is_choice_point: true };
  const steps = [step('a', 1), step('x', 2, choice), step('y', 2, choice), step('z', 3)];
  expect(move('a', ['a'], steps)).toEqual({ kind: 'choice' });
  expect(move('x', ['a', 'x'], steps)).toEqual({ kind: 'course', course_id: 'z' });
});

test('a pick made before or at the choice is followed, a changed one too', () => {
  const choice = { is_choice_point: true, choice_group: 1 };
  const steps = [step('a', 1), step('x', 2, choice), step('y', 2, choice), step('z', 3)];
  const at = (current: string, completed: string[], selected_course_id: string) =>
    nextMove({ pathway_id: 'p', current_course_id: current, status: 'active' }, steps, new Set(completed), [
      { pathway_id: 'p', choice_group: 1, selected_course_id },
    ]);
  expect(at('a', [], 'y')).toEqual({ kind: 'stay' });
  expect(at('a', ['a'], 'y')).toEqual({ kind: 'course', course_id: 'y' });
  expect(at('x', ['a'], 'y')).toEqual({ kind: 'course', course_id: 'y' });
  expect(at('y', ['a'], 'y')).toEqual({ kind: 'stay' });
  expect(at('y', ['a', 'y'], 'y')).toEqual({ kind: 'course', course_id: 'z' });
  expect(at('a', ['a'], 'z')).toEqual({ kind: 'choice' });
});

test('courses beside each other must all be done, but for those that may be skipped', () => {
  const steps = [step('a', 1), step('b', 1), step('extra', 1, { is_mandatory: false }), step('c', 2)];
  expect(move('a', ['a'], steps)).toEqual({ kind: 'stay' });
  expect(move('a', ['a', 'b'], steps)).toEqual({ kind: 'course', course_id: 'c' });
});

test.each(['paused', 'cancelled', 'completed'] as const)('a %s enrolment stays', (status) => {
  expect(nextMove({ pathway_id: 'p', current_course_id: 'a', status }, straight, new Set(['a']))).toEqual({
    kind: 'stay',
  });
});
