import { me, note, pickFile, word, anyOf, type Edit, type Scene } from './scene.ts';

async function handIn(scene: Scene): Promise<boolean> {
  const { replica } = scene;
  const task = await anyOf(scene, 'assignments', ({ is_active }) => is_active);
  if (!task) return false;
  const attempts = await replica.find('submissions', { assignment_id: task.id, student_id: me(scene) });
  const latest = attempts.toSorted((a, b) => b.version - a.version)[0];
  if (latest && latest.status !== 'declined' && latest.status !== 'withdrawn') return false;
  const id = crypto.randomUUID();
  const text = word(scene, 'work');
  const file_ids = await pickFile(scene, 0.5, {
    bucket: 'assignment-submissions',
    linked_table: 'submissions',
    linked_id: id,
    subject_id: task.id,
  });
  await replica.writes.insert('submissions', {
    id,
    assignment_id: task.id,
    student_id: me(scene),
    content: text,
    links: [],
    file_ids,
    client_submitted_at: replica.stamp().toISOString(),
    based_on: latest ? { version: latest.version, status: latest.status } : null,
  });
  // Not by the clock of this computer.
  scene.ledger.moments.set(id, performance.timeOrigin + performance.now());
  return note(scene, { table: 'submissions', id, column: 'content', care: 'fact', text });
}

/** Takes back any of the work that waits, or the attempt of an id. */
export async function withdraw(scene: Scene, attempt?: string): Promise<boolean> {
  const there = await anyOf(
    scene,
    'submissions',
    ({ id, status, withdraw_requested_at }) =>
      status === 'pending' && !withdraw_requested_at && (attempt === undefined || id === attempt),
  );
  if (!there) return false;
  await scene.replica.writes.update('submissions', there.id, {
    withdraw_requested_at: scene.replica.stamp().toISOString(),
  });
  return true;
}

/** Says something to any of the work that waits, or decides on the attempt of an id. */
export async function review(scene: Scene, attempt?: string): Promise<boolean> {
  const { replica, dice } = scene;
  const work = await anyOf(
    scene,
    'submissions',
    (one) => one.status === 'pending' && (attempt === undefined || one.id === attempt),
  );
  if (!work) return false;
  const id = crypto.randomUUID();
  const text = word(scene, 'review');
  await replica.writes.insert('submission_reviews', {
    id,
    submission_id: work.id,
    submission_version: work.version,
    reviewer_id: me(scene),
    decision: dice.pick(
      attempt ? (['approved', 'declined'] as const) : (['approved', 'approved', 'declined', 'comment'] as const),
    ),
    notes: text,
    score: null,
    reviewed_at_client: replica.stamp().toISOString(),
  });
  return note(scene, { table: 'submission_reviews', id, column: 'notes', care: 'fact', text });
}

const reviewers = ['mentor', 'admin', 'superadmin'] as const;

/** Handing work in, with or without files, and deciding on it. */
export const workEdits: readonly Edit[] = [
  { table: 'submissions', verb: 'insert', roles: ['student'], weight: 5, make: handIn },
  { table: 'files', verb: 'insert', roles: ['student'], make: handIn },
  { table: 'submissions', verb: 'update', roles: ['student'], make: (scene) => withdraw(scene) },
  { table: 'submission_reviews', verb: 'insert', roles: reviewers, weight: 5, make: (scene) => review(scene) },
];
