import type { FastifyInstance } from 'fastify';
import {
  generateLearningPathRequest,
  generateLearningPathResponse,
  saveLearningPathRequest,
  saveLearningPathResponse,
  saveQuestionnaireRequest,
  saveQuestionnaireResponse,
} from '#contract/api/onboarding.ts';
import { asActor } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { addCommand, defineCommand } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { writeAudit } from '../people/index.ts';
import { advancePathwayCommand } from './advance-pathway.ts';
import { planFor, storePlan } from './learning-path.ts';

type Saved = { id: string; version: number; v: string };

const saveQuestionnaire = defineCommand({
  name: 'save-questionnaire',
  summary: 'Change what new students are asked',
  input: saveQuestionnaireRequest,
  output: saveQuestionnaireResponse,
  roles: ['admin', 'superadmin'],
  writes: true,
  run: ({ deps, actor }, { id, expected_revision, title, questions, is_active }) =>
    asActor(deps.people, actor, async (tx) => {
      const { rows } = await tx.query<{ saved: Saved | { stale: true } | null }>(
        'select server_save_questionnaire($1, $2, $3, $4, $5::jsonb, $6) as saved',
        [deps.serverKey, id, expected_revision, title, JSON.stringify(questions), is_active],
      );
      const saved = rows[0]?.saved;
      if (!saved) throw new AppError('NOT_FOUND');
      if ('stale' in saved) throw new AppError('CONFLICT');
      await writeAudit(tx, deps, {
        actor: actor.id,
        entity: 'questionnaires',
        id: saved.id,
        action: id === saved.id ? 'content_updated' : 'content_created',
        about: null,
        summary: `Saved version ${saved.version} of ${title}`,
        data: { questions: questions.length, is_active },
      });
      return saved;
    }),
});

const generateLearningPath = defineCommand({
  name: 'generate-learning-path',
  summary: 'Make a plan from a student’s answers',
  input: generateLearningPathRequest,
  output: generateLearningPathResponse,
  roles: ['student', 'mentor', 'admin', 'superadmin'],
  writes: true,
  run: ({ deps, actor }, { student_id }) =>
    asActor(deps.people, actor, async (tx) => {
      await mustSeeStudent(tx, student_id);
      return { id: await planFor(tx, deps, student_id) };
    }),
});

const saveLearningPath = defineCommand({
  name: 'save-learning-path',
  summary: 'Give a student a plan of one’s own making',
  input: saveLearningPathRequest,
  output: saveLearningPathResponse,
  roles: ['mentor', 'admin', 'superadmin'],
  writes: true,
  run: ({ deps, actor }, { student_id, expected_version, items }) =>
    asActor(deps.people, actor, async (tx) => {
      await mustSeeStudent(tx, student_id);
      // Two people who plan for one student take turns, and the second one sees the first one's plan.
      await tx.query("select pg_advisory_xact_lock(hashtextextended('learning_paths:' || $1::text, 0))", [student_id]);
      const { rows } = await tx.query<{ version: number }>(
        'select coalesce(max(version), 0) as version from learning_paths where student_id = $1',
        [student_id],
      );
      if (rows[0]!.version !== expected_version) throw new AppError('CONFLICT');
      const { rowCount: known } = await tx.query('select from courses where id = any ($1::uuid[])', [
        [...new Set(items.map(({ course_id }) => course_id))],
      ]);
      if (known !== new Set(items.map(({ course_id }) => course_id)).size)
        throw new AppError('INVALID_INPUT', { message: 'A course of the plan is not there.' });
      const id = await storePlan(tx, deps, { studentId: student_id, items, author: 'mentor', hash: null });
      await writeAudit(tx, deps, {
        actor: actor.id,
        entity: 'learning_paths',
        id: id!,
        action: 'learning_path_saved',
        about: student_id,
        summary: `Planned ${items.length} steps`,
      });
      return { id: id! };
    }),
});

/** Whether this person may read the student says the database; a stranger is answered like nobody. */
async function mustSeeStudent(tx: Tx, studentId: string): Promise<void> {
  const { rowCount } = await tx.query('select from students where id = $1', [studentId]);
  if (!rowCount) throw new AppError('NOT_FOUND');
}

export function addOnboardingCommands(app: FastifyInstance, deps: Deps): void {
  addCommand(app, deps, saveQuestionnaire);
  addCommand(app, deps, generateLearningPath);
  addCommand(app, deps, saveLearningPath);
  addCommand(app, deps, advancePathwayCommand);
}
