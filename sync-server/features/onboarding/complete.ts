import { composeAnswers, composeGoalBrief, missingAnswers } from '#contract/rules/onboarding.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { notify } from '../notifications/index.ts';
import { logActivity } from '../people/index.ts';
import { awardReached } from '../rewards/index.ts';
import { readOnboarding, type OnboardingFacts } from './facts.ts';
import { planFor } from './learning-path.ts';

type Parts = Pick<Deps, 'serverKey' | 'clock'>;

/**
 * Completes a student's onboarding when everything required is answered (data model R5), once and whoever's transaction it is:
 * the answers may reach the server after the word that they are all there. Answers whether it was completed by this.
 */
export async function completeOnboarding(tx: Tx, deps: Parts, studentId: string): Promise<boolean> {
  const facts = await readOnboarding(tx, deps.serverKey, studentId);
  if (!facts || facts.is_completed) return false;
  const composed = compose(facts);
  if (!composed) return false;
  const { rows } = await tx.query<{ done: boolean }>(
    'select server_complete_onboarding($1, $2, $3::jsonb, $4) as done',
    [deps.serverKey, studentId, JSON.stringify(composed.answers), composed.brief],
  );
  if (!rows[0]!.done) return false;
  await planFor(tx, deps, studentId);
  // Who was asked nothing has done nothing that anybody should hear of.
  if (!composed.wasAsked) return true;
  const at = deps.clock.now().toISOString();
  await logActivity(tx, deps, { person: studentId, activity: 'onboarding_completed', at });
  await tellTeam(tx, deps, studentId, facts.full_name);
  await awardReached(tx, deps, studentId, 'onboarding_completed');
  return true;
}

type Composed = { answers: object; brief: string; wasAsked: boolean };

/** What is kept of the answers; null while something required is missing. Where nothing is asked, nothing is missing. */
function compose(facts: OnboardingFacts): Composed | null {
  // Switched on without a questionnaire there is nothing to ask either (screens S1).
  if (!facts.is_asked || facts.questionnaires.length === 0) return { answers: {}, brief: '', wasAsked: false };
  if (!facts.is_submitted) return null;
  for (const { id, questions } of facts.questionnaires) {
    const answers = facts.responses.filter((response) => response.questionnaire_id === id);
    // An older version counts for those who answered it before the next one came.
    if (missingAnswers(questions, answers).length === 0)
      return {
        answers: composeAnswers(questions, answers),
        brief: composeGoalBrief(questions, answers),
        wasAsked: true,
      };
  }
  return null;
}

async function tellTeam(tx: Tx, deps: Parts, studentId: string, name: string): Promise<void> {
  const { rows } = await tx.query<{ id: string }>(
    'select server_staff($1) as id union select server_mentors_of($1, $2)',
    [deps.serverKey, studentId],
  );
  for (const { id } of rows)
    await notify(tx, deps, {
      template: 'onboarding_completed',
      to: id,
      fields: { student_name: name },
      link: `student/${studentId}`,
      dedupe: `onboarding_completed:${studentId}:${id}`,
    });
}
