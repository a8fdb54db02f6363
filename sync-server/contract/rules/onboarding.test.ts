import { describe, expect, test } from 'vitest';
import type { Question } from '../tables/onboarding.ts';
import { composeAnswers, composeGoalBrief, fitsQuestion, missingAnswers, type Answer } from './onboarding.ts';

const question = (id: string, answerType: Question['answerType'], changes: Partial<Question> = {}): Question => ({
  id,
  text: `${id}?`,
  order: 0,
  answerType,
  required: true,
  ...(answerType.endsWith('Select') ? { options: [{ label: 'Shop' }, { label: 'Ads' }] } : {}),
  ...changes,
});
const answer = (question_id: string, text: string | null, file_id: string | null = null): Answer => ({
  question_id,
  answer: text,
  file_id,
});

describe('an answer fits', () => {
  test.each([
    ['singleLine', 'anything', true],
    ['singleSelect', 'Shop', true],
    ['singleSelect', 'Boat', false],
    ['multiSelect', '["Shop","Ads"]', true],
    ['multiSelect', '["Shop","Boat"]', false],
    ['multiSelect', 'Shop', false],
    ['multiSelect', '[1]', false],
    ['multiSelect', null, true],
    ['file', 'words', false],
  ] as const)('%s: %s is %s', (type, text, fits) => {
    expect(fitsQuestion(question('q', type), answer('q', text))).toBe(fits);
  });

  test('a file answers a file question and no other', () => {
    expect(fitsQuestion(question('q', 'file'), answer('q', null, 'f'))).toBe(true);
    expect(fitsQuestion(question('q', 'singleLine'), answer('q', 'a', 'f'))).toBe(false);
  });
});

test('what is missing are required questions without a valid answer, in the order they are asked', () => {
  const questions = [
    question('second', 'singleLine', { order: 2 }),
    question('first', 'multiSelect', { order: 1 }),
    question('free', 'singleLine', { required: false }),
    question('paper', 'file', { order: 3 }),
  ];
  expect(missingAnswers(questions, [])).toEqual(['first', 'second', 'paper']);
  const blank = [answer('first', '[]'), answer('second', '  '), answer('paper', null)];
  expect(missingAnswers(questions, blank)).toEqual(['first', 'second', 'paper']);
  const given = [answer('first', '["Ads"]'), answer('second', 'me'), answer('paper', null, 'f')];
  expect(missingAnswers(questions, given)).toEqual([]);
});

test('the answers are kept with their questions, the brief is a sentence without files', () => {
  const questions = [
    question('paper', 'file', { order: 0 }),
    question('goal', 'multiLine', { order: 2 }),
    question('what', 'multiSelect', { order: 1 }),
    question('free', 'singleLine', { order: 3, required: false }),
  ];
  const answers = [answer('goal', 'by summer'), answer('what', '["Shop","Ads"]'), answer('paper', null, 'file-id')];
  expect(composeAnswers(questions, answers)).toEqual({
    paper: { questionText: 'paper?', value: 'file-id', order: 0 },
    what: { questionText: 'what?', value: 'Shop, Ads', order: 1 },
    goal: { questionText: 'goal?', value: 'by summer', order: 2 },
  });
  expect(composeGoalBrief(questions, answers)).toBe('Shop, Ads, by summer');
  expect(composeGoalBrief([question('g', 'singleLine')], [answer('g', 'open a shop')])).toBe('Open a shop');
  const long = composeGoalBrief([question('g', 'multiLine')], [answer('g', 'x'.repeat(500))]);
  expect([long.length, long.at(-1)]).toEqual([200, '…']);
});
