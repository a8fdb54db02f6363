import { createHash } from 'node:crypto';
import { makePlan } from '#contract/rules/learning-path.ts';
import type { PathItem } from '#contract/tables/onboarding.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { notify } from '../notifications/index.ts';
import { readOnboarding, readPlanFacts } from './facts.ts';

type Parts = Pick<Deps, 'serverKey'>;

/**
 * Makes the student's plan from the answers given and tells the student; the same answers and enrolments make no second one.
 * Null where there is nothing to plan or nothing new.
 */
export async function planFor(tx: Tx, deps: Parts, studentId: string): Promise<string | null> {
  const onboarding = await readOnboarding(tx, deps.serverKey, studentId);
  if (!onboarding) return null;
  const { questionnaires, responses } = onboarding;
  const asked = questionnaires.find(({ id }) => responses.some((response) => response.questionnaire_id === id));
  const answers = responses.filter(({ questionnaire_id }) => questionnaire_id === asked?.id);
  const facts = await readPlanFacts(tx, deps.serverKey, studentId);
  const items = makePlan({ ...facts, questions: asked?.questions ?? [], answers });
  if (items.length === 0) return null;
  const sorted = answers.toSorted((a, b) => (a.question_id < b.question_id ? -1 : 1));
  const enrolled = facts.pathways.filter(({ is_enrolled }) => is_enrolled).map(({ id }) => id);
  const hash = createHash('sha256')
    .update(JSON.stringify([sorted, enrolled.toSorted(), facts.enrolled_course_ids]))
    .digest('hex');
  return storePlan(tx, deps, { studentId, items, author: 'system', hash });
}

/** Keeps a plan as the student's next version and says that it is there; null where it was made before. */
export async function storePlan(
  tx: Tx,
  deps: Parts,
  plan: { studentId: string; items: readonly PathItem[]; author: 'system' | 'mentor'; hash: string | null },
): Promise<string | null> {
  const { rows } = await tx.query<{ id: string | null }>('select server_store_plan($1, $2, $3::jsonb, $4, $5) as id', [
    deps.serverKey,
    plan.studentId,
    JSON.stringify(plan.items),
    plan.author,
    plan.hash,
  ]);
  const id = rows[0]!.id;
  if (id)
    await notify(tx, deps, {
      template: 'learning_path_ready',
      to: plan.studentId,
      fields: {},
      link: 'learning-path',
      dedupe: `learning_path_ready:${id}`,
    });
  return id;
}
