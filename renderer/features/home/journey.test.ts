import { expect, test } from 'vitest';
import type { CourseTree } from '../lessons/index.ts';
import { journeysOf } from './journey.ts';

const tree = (id: string, done = false): CourseTree =>
  ({ course: { id }, lessons: [{}], frontier: done ? null : {} }) as unknown as CourseTree;
const step = (course_id: string, step_number: number) => ({ pathway_id: 'p', course_id, step_number });
const rows = {
  enrolments: [{ pathway_id: 'p', current_course_id: 'b', status: 'active' as const }],
  pathways: [{ id: 'p', name: 'Store builder' }],
  pathwayCourses: [step('b', 2), step('a', 1), step('c', 3)],
};
const shape = (journey: ReturnType<typeof journeysOf>[number]) =>
  journey.steps.map(({ tree: { course }, state }) => `${course.id} ${state}`);

test('a pathway lists its steps in order, with the one the student is at', () => {
  const [journey] = journeysOf([tree('c'), tree('b'), tree('a')], rows);
  expect(journey).toMatchObject({ pathway: 'Store builder', at: 2 });
  expect(shape(journey!)).toEqual(['a done', 'b current', 'c ahead']);
});

test('a course beside the pathway stands on its own', () => {
  const journeys = journeysOf([tree('a', true), tree('b'), tree('x')], rows);
  expect(journeys.map(shape)).toEqual([['a done', 'b current'], ['x current']]);
  expect(journeys[1]).toMatchObject({ pathway: null, at: null });
});

test('without a current course the first unfinished step is it; a cancelled enrolment is none', () => {
  const open = { ...rows, enrolments: [{ ...rows.enrolments[0]!, current_course_id: null }] };
  expect(journeysOf([tree('a', true), tree('b'), tree('c')], open)[0]).toMatchObject({ at: 2 });
  const cancelled = { ...rows, enrolments: [{ ...rows.enrolments[0]!, status: 'cancelled' as const }] };
  expect(journeysOf([tree('a')], cancelled)[0]).toMatchObject({ pathway: null });
});
