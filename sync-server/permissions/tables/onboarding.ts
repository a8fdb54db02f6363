import { permissions } from '../view.ts';

const questionnaireColumns = ['title', 'version', 'is_active', 'questions'] as const;

export const questionnaires = permissions('questionnaires', {
  read: [
    { scope: 'pub', when: 't.is_active', columns: questionnaireColumns },
    { scope: 'mentors', when: 't.is_active', columns: questionnaireColumns },
    { scope: 'managers', when: 't.is_active', columns: [], online: questionnaireColumns },
    { scope: 'staff', columns: questionnaireColumns },
  ],
  commands: [
    { name: 'save-questionnaire', verb: 'insert', roles: ['admin', 'superadmin'] },
    { name: 'save-questionnaire', verb: 'update', roles: ['admin', 'superadmin'] },
  ],
});

const responseColumns = [
  'user_id',
  'questionnaire_id',
  'questionnaire_version',
  'question_id',
  'answer',
  'answer_type',
  'file_id',
] as const;

/** A student's answers stay on the student's devices; the team asks for them online. */
export const onboarding_responses = permissions('onboarding_responses', {
  read: [
    { scope: 'u', key: 't.user_id', rank: 9, columns: responseColumns, roles: ['student'] },
    { scope: 'sm', key: 't.user_id', columns: [], online: responseColumns },
    { scope: 'staff', columns: [], online: responseColumns },
  ],
  write: [
    // Until onboarding is completed, which the guard asks.
    {
      verb: 'insert',
      roles: ['student'],
      columns: ['id', ...responseColumns],
      result: 't.user_id = auth.uid()',
    },
    {
      verb: 'update',
      roles: ['student'],
      columns: ['answer', 'file_id'],
      rows: 't.user_id = auth.uid() and not t.is_deleted',
      result: 't.user_id = auth.uid()',
    },
  ],
});

const pathColumns = ['student_id', 'version', 'items', 'created_by', 'status'] as const;

export const learning_paths = permissions('learning_paths', {
  read: [
    { scope: 'u', key: 't.student_id', rank: 9, columns: pathColumns, roles: ['student'] },
    { scope: 'sm', key: 't.student_id', columns: pathColumns },
    { scope: 'staff', columns: [], online: pathColumns },
  ],
  commands: [
    { name: 'generate-learning-path', verb: 'insert', roles: ['student', 'mentor', 'admin', 'superadmin'] },
    { name: 'save-learning-path', verb: 'insert', roles: ['mentor', 'admin', 'superadmin'] },
  ],
  write: [
    // Accepts the plan or asks for another one; what is in it the server and the mentor say.
    {
      verb: 'update',
      roles: ['student'],
      columns: ['status'],
      rows: 't.student_id = auth.uid() and not t.is_deleted',
      result: 't.student_id = auth.uid()',
    },
  ],
});

const choiceColumns = ['student_id', 'pathway_id', 'choice_group', 'selected_course_id'] as const;

export const pathway_choice_selections = permissions('pathway_choice_selections', {
  read: [
    { scope: 'u', key: 't.student_id', rank: 9, columns: choiceColumns, roles: ['student'] },
    { scope: 'sm', key: 't.student_id', columns: choiceColumns },
    { scope: 'staff', columns: [], online: choiceColumns },
  ],
  commands: [
    { name: 'advance-pathway', verb: 'insert', roles: ['student'] },
    { name: 'advance-pathway', verb: 'update', roles: ['student'] },
  ],
  write: [
    {
      verb: 'insert',
      roles: ['student'],
      columns: ['id', ...choiceColumns],
      result: 't.student_id = auth.uid()',
    },
    {
      verb: 'update',
      roles: ['student'],
      columns: ['selected_course_id'],
      rows: 't.student_id = auth.uid() and not t.is_deleted',
      result: 't.student_id = auth.uid()',
    },
  ],
});
