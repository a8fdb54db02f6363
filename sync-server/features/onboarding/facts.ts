import type { ChoiceFacts } from '#contract/rules/choosing.ts';
import type { PlanFacts } from '#contract/rules/learning-path.ts';
import type { Answer } from '#contract/rules/onboarding.ts';
import type { Question } from '#contract/tables/onboarding.ts';
import type { Tx } from '../../db/sql.ts';

/** Typed wrappers of `db/declared/server_onboarding.sql`. `key` proves that this program is calling. */

export type AskedQuestionnaire = { id: string; version: number; questions: Question[] };

export type OnboardingFacts = {
  /** False: nothing is asked, and onboarding is completed without answers. */
  is_asked: boolean;
  is_submitted: boolean;
  is_completed: boolean;
  full_name: string;
  /** The active one first, then those that were answered. */
  questionnaires: AskedQuestionnaire[];
  responses: (Answer & { questionnaire_id: string | null })[];
};

/** Null when there is no such student. Locks the student's row until the transaction ends. */
export async function readOnboarding(tx: Tx, key: string, studentId: string): Promise<OnboardingFacts | null> {
  const { rows } = await tx.query<{ facts: OnboardingFacts | null }>(
    'select server_onboarding_facts($1, $2) as facts',
    [key, studentId],
  );
  return rows[0]?.facts ?? null;
}

export async function readQuestionnaire(tx: Tx, key: string, id: string): Promise<AskedQuestionnaire | null> {
  const { rows } = await tx.query<{ asked: AskedQuestionnaire | null }>(
    'select server_questionnaire($1, $2) as asked',
    [key, id],
  );
  return rows[0]?.asked ?? null;
}

export async function readPlanFacts(
  tx: Tx,
  key: string,
  studentId: string,
): Promise<Omit<PlanFacts, 'questions' | 'answers'>> {
  const { rows } = await tx.query<{ facts: Omit<PlanFacts, 'questions' | 'answers'> }>(
    'select server_plan_facts($1, $2) as facts',
    [key, studentId],
  );
  return rows[0]!.facts;
}

/** Null where the student is not enrolled in the pathway. */
export async function readChoice(
  tx: Tx,
  key: string,
  choice: { studentId: string; pathwayId: string; group: number },
): Promise<ChoiceFacts | null> {
  const { rows } = await tx.query<{ facts: ChoiceFacts | null }>(
    'select server_choice_facts($1, $2, $3, $4) as facts',
    [key, choice.studentId, choice.pathwayId, choice.group],
  );
  return rows[0]?.facts ?? null;
}
