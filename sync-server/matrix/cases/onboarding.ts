import { naturalId } from '#contract/natural-id.ts';
import { createCourse, enrol } from '../../testing/people.ts';
import type { At, CommandCase, TableCases } from './format.ts';
import { studentOf } from './rows.ts';

/** A questionnaire of one question; the person has not completed onboarding. */
async function questionnaireFor({ me, stage }: At): Promise<string> {
  await stage.rows('update students set onboarding_completed = false, onboarding_submitted_at = null where id = $1', [
    me.id,
  ]);
  const { rows } = await stage.database.server.query<{ next: number }>(
    'select coalesce(max(version), 0) + 1 as next from questionnaires',
  );
  return stage.insert('questionnaires', {
    title: 'Who are you?',
    version: rows[0]!.next,
    is_active: false,
    questions: [{ id: 'goal', text: 'What do you want?', order: 0, answerType: 'singleLine', required: false }],
  });
}

const answerTo = (questionnaire_id: string, version: number, user_id: string) => ({
  id: naturalId('onboarding_responses', user_id, questionnaire_id, 'goal'),
  user_id,
  questionnaire_id,
  questionnaire_version: version,
  question_id: 'goal',
  answer: 'A shop of my own',
  answer_type: 'singleLine',
});

async function answerOf(at: At) {
  const questionnaire = await questionnaireFor(at);
  const [asked] = await at.stage.rows<{ version: number }>('select version from questionnaires where id = $1', [
    questionnaire,
  ]);
  return answerTo(questionnaire, asked!.version, at.me.id);
}

/** A pathway with a choice between two courses, and the person on it. */
async function choiceFor({ me, stage }: At) {
  const db = stage.database.server;
  const courses = [await createCourse(db), await createCourse(db)] as const;
  const pathway_id = await stage.insert('learning_pathways', {
    name: `Choice ${crypto.randomUUID()}`,
    is_published: true,
  });
  for (const course_id of courses)
    await stage.insert('pathway_courses', {
      pathway_id,
      course_id,
      step_number: 1,
      is_choice_point: true,
      choice_group: 1,
    });
  await enrol(db, me.id, { pathway_id });
  return {
    id: naturalId('pathway_choice_selections', me.id, pathway_id, '1'),
    student_id: me.id,
    pathway_id,
    choice_group: 1,
    selected_course_id: courses[0],
    other: courses[1],
  };
}

/** What a student says at the start, and the plan that comes of it (data model 2.1, 2.11). */
export const onboarding: readonly TableCases[] = [
  {
    table: 'onboarding_responses',
    insert: [
      {
        roles: ['student'],
        columns: 'id user_id questionnaire_id questionnaire_version question_id answer answer_type file_id',
        row: answerOf,
        refused: {
          'of somebody else': (row, { me, stage }) =>
            answerTo(
              row['questionnaire_id'] as string,
              row['questionnaire_version'] as number,
              stage.somebodyElse(me).id,
            ),
        },
        refusedByGuard: {
          'to a question nobody asked': (row, { me }) => ({
            ...row,
            question_id: 'other',
            id: naturalId('onboarding_responses', me.id, row['questionnaire_id'] as string, 'other'),
          }),
        },
      },
    ],
    update: [
      {
        roles: ['student'],
        columns: 'answer file_id',
        rows: 't.user_id = $1',
        set: () => ({ answer: 'Two shops' }),
        pushed: async (at) => at.stage.insert('onboarding_responses', await answerOf(at)),
      },
    ],
  },
  {
    table: 'learning_paths',
    update: [
      {
        roles: ['student'],
        columns: 'status',
        rows: 't.student_id = $1',
        also: { status: 'accepted' },
        set: () => ({ status: 'accepted' }),
        pushed: async ({ me, stage }) => {
          const [last] = await stage.rows<{ version: number }>(
            'select coalesce(max(version), 0)::int as version from learning_paths where student_id = $1',
            [me.id],
          );
          return stage.insert('learning_paths', { student_id: me.id, version: last!.version + 1 });
        },
        refusedByGuard: { 'back to a proposal': () => ({ status: 'proposed' }) },
      },
    ],
  },
  {
    table: 'pathway_choice_selections',
    insert: [
      {
        roles: ['student'],
        columns: 'id student_id pathway_id choice_group selected_course_id',
        row: async (at) => {
          const { other: _, ...row } = await choiceFor(at);
          return row;
        },
        refused: {
          'of somebody else': (row, { me, stage }) => {
            const student_id = stage.somebodyElse(me).id;
            return {
              ...row,
              student_id,
              id: naturalId('pathway_choice_selections', student_id, row['pathway_id'] as string, '1'),
            };
          },
        },
        refusedByGuard: {
          'a course that is no choice': async (row, { stage }) => ({
            ...row,
            selected_course_id: await createCourse(stage.database.server),
          }),
        },
      },
    ],
    update: [
      {
        roles: ['student'],
        columns: 'selected_course_id',
        rows: 't.student_id = $1',
        set: async (row, { stage }) => {
          const [other] = await stage.rows<{ course_id: string }>(
            'select course_id from pathway_courses where pathway_id = $1 and course_id <> $2 limit 1',
            [row['pathway_id'], row['selected_course_id']],
          );
          return { selected_course_id: other?.course_id ?? (row['selected_course_id'] as string) };
        },
        pushed: async (at) => {
          const { other: _, ...row } = await choiceFor(at);
          return at.stage.insert('pathway_choice_selections', row);
        },
      },
    ],
  },
];

const question = { id: 'goal', text: 'What do you want?', order: 0, answerType: 'singleLine', required: false };

/** What the team asks and plans (workflows 3.31). */
export const onboardingCommands: readonly CommandCase[] = [
  {
    name: 'save-questionnaire',
    input: () => ({
      id: null,
      expected_revision: null,
      title: 'Who are you?',
      questions: [question],
      is_active: false,
    }),
  },
  {
    name: 'save-questionnaire',
    input: async (at) => {
      const id = await questionnaireFor(at);
      const [asked] = await at.stage.rows<{ v: string }>('select v from questionnaires where id = $1', [id]);
      return { id, expected_revision: asked!.v, title: 'And now?', questions: [question], is_active: false };
    },
  },
  {
    name: 'generate-learning-path',
    input: async (at) => {
      const student_id = at.me.role === 'student' ? at.me.id : await studentOf(at);
      // The same answers make no second plan.
      await at.stage.rows('delete from learning_paths where student_id = $1', [student_id]);
      await createCourse(at.stage.database.server, { is_default: false });
      return { student_id };
    },
  },
  {
    name: 'save-learning-path',
    input: async (at) => ({
      student_id: await studentOf(at),
      expected_version: await planVersion(at),
      items: [{ course_id: await createCourse(at.stage.database.server), week: 1, reason: 'First things first' }],
    }),
  },
  {
    name: 'advance-pathway',
    input: async (at) => {
      const { pathway_id, selected_course_id } = await choiceFor(at);
      return { pathway_id, selected_course_id };
    },
  },
  {
    name: 'advance-pathway',
    input: async (at) => {
      const { other, ...row } = await choiceFor(at);
      await at.stage.insert('pathway_choice_selections', row);
      return { pathway_id: row.pathway_id, selected_course_id: other };
    },
  },
];

async function planVersion(at: At): Promise<number> {
  const [last] = await at.stage.rows<{ version: number }>(
    'select coalesce(max(version), 0)::int as version from learning_paths where student_id = $1',
    [await studentOf(at)],
  );
  return last!.version;
}
