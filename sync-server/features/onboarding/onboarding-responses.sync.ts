import { fitsQuestion, type Answer } from '#contract/rules/onboarding.ts';
import { onboardingResponses, type Question } from '#contract/tables/onboarding.ts';
import type { Tx } from '../../db/sql.ts';
import { defineSync, type GuardAnswer } from '../../sync/define-sync.ts';
import { completeOnboarding } from './complete.ts';
import { readOnboarding, readQuestionnaire } from './facts.ts';

/** A student's own answers, until onboarding is completed; each must fit its question. */
export const onboardingResponsesSync = defineSync(onboardingResponses, {
  guard: async ({ tx, actor, deps }, { before, set }) => {
    const row = { ...before, ...set };
    if (actor.role !== 'student' || row['user_id'] !== actor.id) return 'not_allowed';
    const onboarding = await readOnboarding(tx, deps.serverKey, actor.id);
    if (!onboarding) return 'not_allowed';
    if (onboarding.is_completed) return 'closed';
    const question = await findQuestion(tx, deps.serverKey, row);
    if (!question) return 'invalid';
    const answer: Answer = {
      question_id: question.id,
      answer: (row['answer'] ?? null) as string | null,
      file_id: (row['file_id'] ?? null) as string | null,
    };
    if (row['answer_type'] !== question.answerType || !fitsQuestion(question, answer)) return 'invalid';
    return answer.file_id ? hasOwnFile(tx, answer.file_id, actor.id) : 'allowed';
  },
  // The word that everything is answered travels ahead of the answers.
  after: async ({ tx, deps, actor }) => void (await completeOnboarding(tx, deps, actor.id)),
});

async function findQuestion(tx: Tx, key: string, row: Record<string, unknown>): Promise<Question | undefined> {
  if (typeof row['questionnaire_id'] !== 'string') return undefined;
  const asked = await readQuestionnaire(tx, key, row['questionnaire_id']);
  if (asked?.version !== row['questionnaire_version']) return undefined;
  return asked?.questions.find(({ id }) => id === row['question_id']);
}

/** What is handed over must be the student's own and have arrived whole. */
async function hasOwnFile(tx: Tx, fileId: string, userId: string): Promise<GuardAnswer> {
  const { rows } = await tx.query<{ owner_id: string; status: string; bucket: string }>(
    'select owner_id, status, bucket from files where id = $1',
    [fileId],
  );
  const file = rows[0];
  if (!file) return { wait: 'files' };
  if (file.owner_id !== userId || file.bucket !== 'student-documents') return 'not_allowed';
  return file.status === 'ready' ? 'allowed' : { wait: 'files' };
}
