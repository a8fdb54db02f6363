import { expect, test } from 'vitest';
import type { Question } from '../tables/onboarding.ts';
import { makePlan, type PlanFacts } from './learning-path.ts';

const question = (options: Question['options']): Question => ({
  id: 'q',
  text: 'What do you want?',
  order: 0,
  answerType: 'multiSelect',
  required: true,
  options,
});
const step = (course_id: string, step_number: number, choice_group: number | null = null) => ({
  course_id,
  step_number,
  choice_group,
});
const course = (id: string, minutes = 300) => ({ id, title: id, minutes });
const facts = (changes: Partial<PlanFacts>): PlanFacts => ({
  questions: [],
  answers: [],
  pathways: [
    { id: 'p1', name: 'Builder', is_enrolled: true, steps: [step('b', 2), step('a', 1)] },
    { id: 'p2', name: 'Ads', is_enrolled: false, steps: [step('a', 1), step('x', 2, 1), step('y', 2, 1)] },
  ],
  courses: [course('a'), course('b'), course('x'), course('y')],
  enrolled_course_ids: [],
  weak_lessons: [],
  ...changes,
});
const picked = (options: Question['options'], labels: string[]) => ({
  questions: [question(options)],
  answers: [{ question_id: 'q', answer: JSON.stringify(labels), file_id: null }],
});
const order = (plan: PlanFacts) => makePlan(plan).map(({ course_id, week }) => `${course_id}${week}`);

test('without tags: the enrolled pathway in its own order, at five hours a week', () => {
  expect(order(facts({}))).toEqual(['a1', 'b2']);
});

test('tags choose the pathway and the course at a choice, and the pace sets the weeks', () => {
  const options = [{ label: 'Ads', pathway_ids: ['p2'], course_ids: ['y'], weekly_hours: 10 }, { label: 'Shop' }];
  expect(order(facts(picked(options, ['Ads'])))).toEqual(['a1', 'y1']);
  expect(order(facts(picked(options, ['Shop'])))).toEqual(['a1', 'b2']);
  expect(makePlan(facts(picked(options, ['Ads']))).map(({ reason }) => reason)).toEqual([
    'Part of Ads.',
    'Your answers speak for this course.',
  ]);
});

test('equal scores are decided by name', () => {
  const options = [{ label: 'Both', pathway_ids: ['p1', 'p2'] }];
  expect(order(facts(picked(options, ['Both'])))).toEqual(['a1', 'x2']);
});

test('without a pathway the courses bought count; without anything the plan is empty', () => {
  expect(order(facts({ pathways: [], enrolled_course_ids: ['b'] }))).toEqual(['b1']);
  expect(makePlan(facts({ pathways: [] }))).toEqual([]);
});

test('a lesson that went badly is recommended again with its course', () => {
  const plan = makePlan(facts({ weak_lessons: [{ lesson_id: 'l', course_id: 'b', title: 'Prices' }] }));
  expect(plan.at(-1)).toEqual({ course_id: 'b', lesson_id: 'l', week: 2, reason: 'Worth a second look: Prices' });
});
