import { me, note, word, anyOf, type Edit, type Scene } from './scene.ts';

async function answer(scene: Scene): Promise<boolean> {
  const { replica } = scene;
  const asked = await anyOf(scene, 'questionnaires', ({ is_active }) => is_active);
  const question = asked?.questions.find(({ answerType }) => answerType === 'singleLine');
  if (!asked || !question) return false;
  const text = word(scene, 'answer');
  const row = { user_id: me(scene), questionnaire_id: asked.id, question_id: question.id };
  const [there] = await replica.find('onboarding_responses', row);
  const id =
    there?.id ??
    (await replica.writes.insert('onboarding_responses', {
      ...row,
      questionnaire_version: asked.version,
      answer: text,
      answer_type: question.answerType,
      file_id: null,
    }));
  if (there) await replica.writes.update('onboarding_responses', there.id, { answer: text });
  return note(scene, { table: 'onboarding_responses', id, column: 'answer', care: 'newest', text });
}

async function answerPlan(scene: Scene): Promise<boolean> {
  const plan = await anyOf(scene, 'learning_paths', ({ student_id }) => student_id === me(scene));
  if (!plan) return false;
  await scene.replica.writes.update('learning_paths', plan.id, {
    status: scene.dice.pick(['accepted', 'change_requested'] as const),
  });
  return true;
}

async function choose(scene: Scene): Promise<boolean> {
  const { replica } = scene;
  const step = await anyOf(scene, 'pathway_courses', ({ choice_group }) => choice_group !== null);
  if (!step) return false;
  const row = { student_id: me(scene), pathway_id: step.pathway_id, choice_group: step.choice_group! };
  const [there] = await replica.find('pathway_choice_selections', row);
  const picked = { selected_course_id: step.course_id };
  if (there) await replica.writes.update('pathway_choice_selections', there.id, picked);
  else await replica.writes.insert('pathway_choice_selections', { ...row, ...picked });
  return true;
}

async function attend(scene: Scene): Promise<boolean> {
  const { replica, device } = scene;
  const isStudent = device.person.role === 'student';
  const session = await anyOf(scene, 'success_sessions', ({ title }) => title === 'Now');
  const student = isStudent ? me(scene) : (await anyOf(scene, 'students'))?.id;
  if (!session || !student) return false;
  const row = { student_id: student, session_id: session.id };
  if ((await replica.find('session_attendance', row)).length > 0) return false;
  await replica.writes.insert('session_attendance', {
    ...row,
    client_attended_at: replica.stamp().toISOString(),
    method: isStudent ? 'join' : 'manual',
  });
  return true;
}

const learners = ['student'] as const;

/** Onboarding, the plan that follows from it, choices on the way, and being there. */
export const planEdits: readonly Edit[] = [
  { table: 'onboarding_responses', verb: 'insert', roles: learners, make: answer },
  { table: 'onboarding_responses', verb: 'update', roles: learners, make: answer },
  { table: 'learning_paths', verb: 'update', roles: learners, make: answerPlan },
  { table: 'pathway_choice_selections', verb: 'insert', roles: learners, make: choose },
  { table: 'pathway_choice_selections', verb: 'update', roles: learners, make: choose },
  { table: 'session_attendance', verb: 'insert', roles: ['student', 'mentor', 'admin'], make: attend },
];
