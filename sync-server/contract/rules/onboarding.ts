import type { OnboardingResponse, Question } from '../tables/onboarding.ts';

export type Answer = Pick<OnboardingResponse, 'question_id' | 'answer' | 'file_id'>;

/** What `students.answers_json` keeps of one question. */
export type ComposedAnswer = { questionText: string; value: string; order: number };

const briefLength = 200;

/** The texts an answer consists of: one, or the labels that were picked. Null where it is not of the question's form. */
function valuesOf(question: Question, answer: string): string[] | null {
  if (question.answerType !== 'multiSelect') return [answer];
  try {
    const picked: unknown = JSON.parse(answer);
    return Array.isArray(picked) && picked.every((label) => typeof label === 'string') ? picked : null;
  } catch {
    return null;
  }
}

const isSelect = ({ answerType }: Question): boolean => answerType === 'singleSelect' || answerType === 'multiSelect';

/**
 * Whether an answer fits its question (workflows 3.31). An empty one fits: it says nothing yet. What is picked must be among
 * the options, and a file question is answered by a file alone.
 */
export function fitsQuestion(question: Question, { answer, file_id }: Answer): boolean {
  if (question.answerType === 'file') return answer === null;
  if (file_id !== null) return false;
  if (answer === null || answer === '') return true;
  const values = valuesOf(question, answer);
  if (!values) return false;
  return !isSelect(question) || values.every((value) => question.options?.some(({ label }) => label === value));
}

function isAnswered(question: Question, answer: Answer | undefined): boolean {
  if (!answer || !fitsQuestion(question, answer)) return false;
  if (question.answerType === 'file') return answer.file_id !== null;
  return (valuesOf(question, answer.answer ?? '') ?? []).some((value) => value.trim() !== '');
}

const byOrder = (questions: readonly Question[]): Question[] =>
  questions.toSorted((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));

const answerOf = (question: Question, answers: readonly Answer[]): Answer | undefined =>
  answers.find(({ question_id }) => question_id === question.id);

/** The ids of required questions that have no valid answer yet, in the order in which they are asked. */
export const missingAnswers = (questions: readonly Question[], answers: readonly Answer[]): string[] =>
  byOrder(questions)
    .filter((question) => question.required && !isAnswered(question, answerOf(question, answers)))
    .map(({ id }) => id);

/** The answers as `students.answers_json` keeps them, questions that were left out aside. */
export function composeAnswers(
  questions: readonly Question[],
  answers: readonly Answer[],
): Record<string, ComposedAnswer> {
  const composed: Record<string, ComposedAnswer> = {};
  for (const question of byOrder(questions)) {
    const answer = answerOf(question, answers);
    if (!answer || !isAnswered(question, answer)) continue;
    const value = answer.file_id ?? valuesOf(question, answer.answer ?? '')!.join(', ');
    composed[question.id] = { questionText: question.text, value, order: question.order };
  }
  return composed;
}

/** The goal in a sentence: written and picked answers in order, joined by commas, at most 200 characters (workflows 3.31). */
export function composeGoalBrief(questions: readonly Question[], answers: readonly Answer[]): string {
  const composed = composeAnswers(
    questions.filter(({ answerType }) => answerType !== 'file'),
    answers,
  );
  const joined = Object.values(composed)
    .toSorted((a, b) => a.order - b.order)
    .map(({ value }) => value.trim())
    .join(', ');
  const brief = joined.charAt(0).toUpperCase() + joined.slice(1);
  return brief.length <= briefLength ? brief : `${brief.slice(0, briefLength - 1).trimEnd()}…`;
}
