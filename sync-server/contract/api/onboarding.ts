import { z } from 'zod';
import { pathItem, question } from '../tables/onboarding.ts';

const isSelect = (type: string): boolean => type === 'singleSelect' || type === 'multiSelect';

/** Questions as they are saved: each id once, options for select questions and for no others. */
export const questionsSchema = z
  .array(question)
  .min(1)
  .max(100)
  .refine((list) => new Set(list.map(({ id }) => id)).size === list.length, 'Two questions have the same id.')
  .refine(
    (list) => list.every(({ answerType, options }) => isSelect(answerType) === Boolean(options?.length)),
    'Select questions need options, others have none.',
  );

/** `id` null makes a first version. One that has answers is never changed: the answer names the next version instead. */
export const saveQuestionnaireRequest = z.strictObject({
  id: z.uuid().nullable(),
  expected_revision: z.uuid().nullable(),
  title: z.string().trim().min(1).max(200),
  questions: questionsSchema,
  /** True: this version is asked from now on. */
  is_active: z.boolean(),
});
export const saveQuestionnaireResponse = z.object({ id: z.uuid(), version: z.int(), v: z.uuid() });

export const generateLearningPathRequest = z.strictObject({ student_id: z.uuid() });
/** Null: there was nothing to plan, or the same answers made a plan before. */
export const generateLearningPathResponse = z.object({ id: z.uuid().nullable() });

export const saveLearningPathRequest = z.strictObject({
  student_id: z.uuid(),
  /** The newest version the writer has seen; 0 where there is none. */
  expected_version: z.int().min(0),
  items: z.array(pathItem).min(1).max(500),
});
export const saveLearningPathResponse = z.object({ id: z.uuid() });

/** `selected_course_id`: the pick, where the pathway stands at a choice. */
export const advancePathwayRequest = z.strictObject({
  pathway_id: z.uuid(),
  selected_course_id: z.uuid().optional(),
});
export const advancePathwayResponse = z.object({
  status: z.enum(['active', 'completed', 'paused', 'cancelled']),
  current_course_id: z.uuid().nullable(),
  awaiting_choice: z.boolean(),
});
