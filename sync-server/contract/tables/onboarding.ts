import { z } from 'zod';
import { id, maybeId, standard, text } from '../columns.ts';
import { defineTable, type Doc } from '../define-table.ts';

export const answerTypes = ['singleLine', 'multiLine', 'singleSelect', 'multiSelect', 'file'] as const;

/** One choice of a select question, and what it says about the plan that suits whoever picks it. */
export const questionOption = z.strictObject({
  label: z.string().trim().min(1).max(200),
  pathway_ids: z.array(z.uuid()).max(20).optional(),
  course_ids: z.array(z.uuid()).max(40).optional(),
  level: z.string().max(40).optional(),
  weekly_hours: z.number().min(0.5).max(80).optional(),
});

export const question = z.strictObject({
  id: z.string().min(1).max(80),
  text: z.string().trim().min(1).max(500),
  order: z.int().min(0),
  answerType: z.enum(answerTypes),
  /** Of select questions, and of no others. */
  options: z.array(questionOption).max(40).optional(),
  required: z.boolean(),
});
export type Question = z.infer<typeof question>;

/** What new students are asked; one version is active. */
export const questionnaires = defineTable({
  name: 'questionnaires',
  family: 'company',
  row: z.object({
    ...standard,
    title: text,
    version: z.int().min(1),
    is_active: z.boolean(),
    questions: z.array(question).max(100),
  }),
  device: {},
});
export type Questionnaire = Doc<typeof questionnaires>;

/** One answer; the student's own until onboarding is completed. */
export const onboardingResponses = defineTable({
  name: 'onboarding_responses',
  family: 'learning',
  naturalKey: ['user_id', 'questionnaire_id', 'question_id'],
  row: z.object({
    ...standard,
    user_id: id,
    questionnaire_id: maybeId,
    questionnaire_version: z.int().nullable(),
    question_id: text.min(1).max(80),
    /** Several choices are a JSON array in text. */
    answer: z.string().max(5000).nullable(),
    /** `text` and `json` are of answers taken over from before. */
    answer_type: z.enum([...answerTypes, 'text', 'json']),
    file_id: maybeId,
  }),
  device: {
    insert: [
      'id',
      'user_id',
      'questionnaire_id',
      'questionnaire_version',
      'question_id',
      'answer',
      'answer_type',
      'file_id',
    ],
    update: { answer: 'text', file_id: 'lww' },
  },
});
export type OnboardingResponse = Doc<typeof onboardingResponses>;

/** One entry of a plan: which course (or lesson of it), in which week, and why. */
export const pathItem = z.strictObject({
  course_id: z.uuid(),
  lesson_id: z.uuid().optional(),
  week: z.int().min(1).max(520),
  reason: z.string().max(300),
});
export type PathItem = z.infer<typeof pathItem>;

/** The plan made from a student's answers. It orders and recommends; it opens nothing. */
export const learningPaths = defineTable({
  name: 'learning_paths',
  family: 'learning',
  row: z.object({
    ...standard,
    student_id: id,
    version: z.int().min(1),
    items: z.array(pathItem).max(500),
    created_by: z.enum(['system', 'mentor']),
    status: z.enum(['proposed', 'accepted', 'change_requested']),
  }),
  device: { update: { status: 'lww' } },
});
export type LearningPath = Doc<typeof learningPaths>;

/** What a student picked at a choice of a pathway; fixed once a lesson of the course is watched. */
export const pathwayChoiceSelections = defineTable({
  name: 'pathway_choice_selections',
  family: 'learning',
  naturalKey: ['student_id', 'pathway_id', 'choice_group'],
  row: z.object({
    ...standard,
    student_id: id,
    pathway_id: id,
    choice_group: z.int(),
    selected_course_id: id,
  }),
  device: {
    insert: ['id', 'student_id', 'pathway_id', 'choice_group', 'selected_course_id'],
    update: { selected_course_id: 'lww' },
  },
});
export type PathwayChoiceSelection = Doc<typeof pathwayChoiceSelections>;
