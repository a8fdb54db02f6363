import { setTimeout as pause } from 'node:timers/promises';
import { me, note, word, anyOf, type Edit, type Scene } from './scene.ts';

async function writeNote(scene: Scene): Promise<boolean> {
  const lesson = await anyOf(scene, 'available_lessons');
  if (!lesson) return false;
  const id = crypto.randomUUID();
  const text = word(scene, 'note');
  await scene.replica.writes.insert('lesson_notes', {
    id,
    user_id: me(scene),
    lesson_id: lesson.id,
    at_seconds: null,
    body: text,
    copy_of: null,
  });
  return note(scene, { table: 'lesson_notes', id, column: 'body', care: 'own text', text });
}

/** Any note of this device, or the one of an id. */
export async function changeNote(scene: Scene, id?: string): Promise<boolean> {
  const there = await anyOf(scene, 'lesson_notes', (row) => id === undefined || row.id === id);
  if (!there) return false;
  const text = word(scene, 'note');
  // What comes in while somebody writes, they have not seen.
  if (scene.dice.chance(0.5)) await pause(scene.dice.int(40));
  await scene.replica.writes.update('lesson_notes', there.id, { body: text }, there);
  return note(scene, { table: 'lesson_notes', id: there.id, column: 'body', care: 'own text', text, over: there.body });
}

async function dropNote(scene: Scene): Promise<boolean> {
  const there = await anyOf(scene, 'lesson_notes');
  if (!there) return false;
  await scene.replica.writes.remove('lesson_notes', there.id);
  scene.ledger.drop('lesson_notes', there.id, there.body);
  return true;
}

async function watch(scene: Scene): Promise<boolean> {
  const { replica, dice } = scene;
  const lesson = await anyOf(scene, 'available_lessons');
  if (!lesson) return false;
  const from = dice.int(50) * 10;
  const [there] = await replica.find('recording_views', { lesson_id: lesson.id, user_id: me(scene) });
  const seen = {
    position_seconds: from + 10,
    watched_ranges: [[from, from + 10]] as [number, number][],
    duration_seconds: 600,
    last_watched_at: replica.stamp().toISOString(),
  };
  if (there) await replica.writes.update('recording_views', there.id, seen);
  else await replica.writes.insert('recording_views', { user_id: me(scene), lesson_id: lesson.id, ...seen });
  return true;
}

async function rate(scene: Scene): Promise<boolean> {
  const { replica, dice } = scene;
  const view = await anyOf(scene, 'recording_views', ({ watched, user_id }) => watched && user_id === me(scene));
  if (!view) return false;
  const text = word(scene, 'rating');
  const [there] = await replica.find('recording_ratings', { lesson_id: view.lesson_id, user_id: me(scene) });
  const given = { rating: 1 + dice.int(5), feedback: text };
  const id =
    there?.id ??
    (await replica.writes.insert('recording_ratings', { user_id: me(scene), lesson_id: view.lesson_id, ...given }));
  if (there) await replica.writes.update('recording_ratings', there.id, given);
  return note(scene, { table: 'recording_ratings', id, column: 'feedback', care: 'newest', text });
}

async function log(scene: Scene): Promise<boolean> {
  const id = crypto.randomUUID();
  const text = word(scene, 'log');
  await scene.replica.writes.insert('user_activity_logs', {
    id,
    user_id: me(scene),
    activity_type: 'page_visit',
    occurred_at: scene.replica.stamp().toISOString(),
    reference_id: null,
    metadata: { text },
  });
  return note(scene, { table: 'user_activity_logs', id, column: 'metadata', care: 'fact', text });
}

const learners = ['student'] as const;
const noteTakers = ['student', 'mentor', 'admin', 'superadmin'] as const;

/** What one does with lessons. A view and a rating have one row per lesson, so the first write makes it and later ones change it. */
export const learningEdits: readonly Edit[] = [
  { table: 'lesson_notes', verb: 'insert', roles: noteTakers, weight: 4, make: writeNote },
  { table: 'lesson_notes', verb: 'update', roles: noteTakers, weight: 4, make: (scene) => changeNote(scene) },
  { table: 'lesson_notes', verb: 'delete', roles: noteTakers, make: dropNote },
  { table: 'recording_views', verb: 'insert', roles: learners, weight: 3, make: watch },
  { table: 'recording_views', verb: 'update', roles: learners, weight: 1, make: watch },
  { table: 'recording_ratings', verb: 'insert', roles: learners, make: rate },
  { table: 'recording_ratings', verb: 'update', roles: learners, make: rate },
  { table: 'user_activity_logs', verb: 'insert', weight: 2, make: log },
];
