import type { TableName } from '#contract/tables/index.ts';
import { NotWritableError } from '../../renderer/data/writing.ts';
import type { DocOf, Replica } from '../../renderer/data/types.ts';
import type { Dice } from '../../sync-server/testing/oracle/world.ts';
import type { Device } from './device.ts';
import type { Ledger, Written } from './ledger.ts';
import { mark, type Kind } from './tokens.ts';

type Scene = { device: Device; replica: Replica; dice: Dice; ledger: Ledger };
type Edit = (scene: Scene) => Promise<boolean>;

/** What a person of each role writes on a device. Each answers false where there was nothing to write to. */
const everyone: Edit[] = [
  writeNote,
  writeNote,
  writeNote,
  changeNote,
  changeNote,
  dropNote,
  readNotice,
  changeSettings,
  renameDevice,
  log,
  log,
];
const byRole: Record<string, Edit[]> = {
  student: [watch, watch, rate, handIn, handIn, withdraw, changeGoal, hideFromBoard],
  mentor: [review, review, review, changeBio],
  admin: [review, changeGoal],
  superadmin: [review],
  enrollment_manager: [changeGoal],
};

/** Makes one random edit, of a kind that this person may make. */
export async function edit(device: Device, dice: Dice, ledger: Ledger): Promise<void> {
  const replica = device.replica!;
  const kinds = [...everyone, ...(byRole[device.person.role] ?? [])];
  const scene = { device, replica, dice, ledger };
  for (let tries = 0; tries < 4; tries++) {
    try {
      if (await dice.pick(kinds)(scene)) return;
    } catch (error) {
      // The row may go while it is being written to; a screen says so.
      if (!(error instanceof NotWritableError)) throw error;
    }
  }
}

/** Adds a row, so that no text of before is touched. */
export async function addSomething(device: Device, dice: Dice, ledger: Ledger): Promise<void> {
  await dice.pick([writeNote, log])({ device, replica: device.replica!, dice, ledger });
}

const note = (
  { device, ledger }: Scene,
  table: TableName,
  id: string,
  care: Written['care'],
  text: string,
  over = '',
): void => ledger.note({ mark: text, table, id, device: device.name, care }, over);
const word = ({ device }: Scene, kind: Kind): string => mark(kind, device.person.id);

async function anyOf<T extends TableName>(
  { replica, dice }: Scene,
  type: T,
  keep: (row: DocOf<T>) => boolean = () => true,
): Promise<DocOf<T> | null> {
  const rows = (await replica.find(type)).filter(keep).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return rows.length > 0 ? dice.pick(rows) : null;
}

async function writeNote(scene: Scene): Promise<boolean> {
  const { device, replica } = scene;
  const lesson = await anyOf(scene, 'available_lessons');
  if (!lesson || device.person.role === 'enrollment_manager') return false;
  const id = crypto.randomUUID();
  const body = word(scene, 'note');
  await replica.writes.insert('lesson_notes', {
    id,
    user_id: device.person.id,
    lesson_id: lesson.id,
    at_seconds: null,
    body,
    copy_of: null,
  });
  note(scene, 'lesson_notes', id, 'own text', body);
  return true;
}

async function changeNote(scene: Scene): Promise<boolean> {
  const there = await anyOf(scene, 'lesson_notes');
  if (!there) return false;
  const body = word(scene, 'note');
  await scene.replica.writes.update('lesson_notes', there.id, { body });
  note(scene, 'lesson_notes', there.id, 'own text', body, there.body);
  return true;
}

async function dropNote(scene: Scene): Promise<boolean> {
  const there = await anyOf(scene, 'lesson_notes');
  if (!there) return false;
  await scene.replica.writes.remove('lesson_notes', there.id);
  scene.ledger.drop('lesson_notes', there.id, there.body);
  return true;
}

async function readNotice(scene: Scene): Promise<boolean> {
  const there = await anyOf(scene, 'notifications', ({ read_at }) => read_at === null);
  if (!there) return false;
  await scene.replica.writes.update('notifications', there.id, { read_at: scene.replica.stamp().toISOString() });
  scene.ledger.edits += 1;
  return true;
}

async function changeSettings(scene: Scene): Promise<boolean> {
  const { replica, device, dice } = scene;
  const [there] = await replica.find('notification_settings');
  const email_digest = dice.chance(0.5);
  if (there) await replica.writes.update('notification_settings', there.id, { email_digest });
  else
    await replica.writes.insert('notification_settings', {
      user_id: device.person.id,
      mutes: {},
      email_digest,
      quiet_hours: null,
    });
  scene.ledger.edits += 1;
  return true;
}

async function renameDevice(scene: Scene): Promise<boolean> {
  const there = await anyOf(scene, 'devices');
  if (!there) return false;
  const label = word(scene, 'profile').slice(0, 80);
  await scene.replica.writes.update('devices', there.id, { label });
  note(scene, 'devices', there.id, 'newest', label);
  return true;
}

async function log(scene: Scene): Promise<boolean> {
  const id = crypto.randomUUID();
  const text = word(scene, 'log');
  await scene.replica.writes.insert('user_activity_logs', {
    id,
    user_id: scene.device.person.id,
    activity_type: 'page_visit',
    occurred_at: scene.replica.stamp().toISOString(),
    reference_id: null,
    metadata: { text },
  });
  note(scene, 'user_activity_logs', id, 'fact', text);
  return true;
}

async function watch(scene: Scene): Promise<boolean> {
  const { replica, device, dice } = scene;
  const lesson = await anyOf(scene, 'available_lessons');
  if (!lesson) return false;
  const from = dice.int(50) * 10;
  const seen = {
    position_seconds: from + 10,
    watched_ranges: [[from, from + 10]] as [number, number][],
    duration_seconds: 600,
    last_watched_at: replica.stamp().toISOString(),
  };
  const [there] = await replica.find('recording_views', { lesson_id: lesson.id, user_id: device.person.id });
  if (there) await replica.writes.update('recording_views', there.id, seen);
  else await replica.writes.insert('recording_views', { user_id: device.person.id, lesson_id: lesson.id, ...seen });
  scene.ledger.edits += 1;
  return true;
}

async function rate(scene: Scene): Promise<boolean> {
  const { replica, device, dice } = scene;
  const view = await anyOf(scene, 'recording_views', ({ watched }) => watched);
  if (!view) return false;
  const feedback = word(scene, 'rating');
  const [there] = await replica.find('recording_ratings', { lesson_id: view.lesson_id, user_id: device.person.id });
  const rating = 1 + dice.int(5);
  const id = there
    ? (await replica.writes.update('recording_ratings', there.id, { rating, feedback }), there.id)
    : await replica.writes.insert('recording_ratings', {
        user_id: device.person.id,
        lesson_id: view.lesson_id,
        rating,
        feedback,
      });
  note(scene, 'recording_ratings', id, 'newest', feedback);
  return true;
}

async function handIn(scene: Scene): Promise<boolean> {
  const { replica, device } = scene;
  const task = await anyOf(scene, 'assignments');
  if (!task) return false;
  const attempts = await replica.find('submissions', { assignment_id: task.id, student_id: device.person.id });
  const latest = attempts.toSorted((a, b) => b.version - a.version)[0];
  if (latest && latest.status !== 'declined' && latest.status !== 'withdrawn') return false;
  const id = crypto.randomUUID();
  const content = word(scene, 'work');
  await replica.writes.insert('submissions', {
    id,
    assignment_id: task.id,
    student_id: device.person.id,
    content,
    links: [],
    file_ids: [],
    client_submitted_at: replica.stamp().toISOString(),
    based_on: latest ? { version: latest.version, status: latest.status } : null,
  });
  note(scene, 'submissions', id, 'fact', content);
  return true;
}

async function withdraw(scene: Scene): Promise<boolean> {
  const there = await anyOf(
    scene,
    'submissions',
    ({ status, withdraw_requested_at }) => status === 'pending' && !withdraw_requested_at,
  );
  if (!there) return false;
  await scene.replica.writes.update('submissions', there.id, {
    withdraw_requested_at: scene.replica.stamp().toISOString(),
  });
  scene.ledger.edits += 1;
  return true;
}

async function review(scene: Scene): Promise<boolean> {
  const { replica, device, dice } = scene;
  const work = await anyOf(scene, 'submissions', ({ status }) => status === 'pending');
  if (!work) return false;
  const id = crypto.randomUUID();
  const notes = word(scene, 'review');
  await replica.writes.insert('submission_reviews', {
    id,
    submission_id: work.id,
    submission_version: work.version,
    reviewer_id: device.person.id,
    decision: dice.pick(['approved', 'declined'] as const),
    notes,
    score: null,
    reviewed_at_client: replica.stamp().toISOString(),
  });
  note(scene, 'submission_reviews', id, 'fact', notes);
  return true;
}

async function changeGoal(scene: Scene): Promise<boolean> {
  const text = word(scene, 'profile');
  await scene.replica.writes.update('users', scene.device.person.id, { dream_goal_summary: text });
  note(scene, 'users', scene.device.person.id, 'newest', text);
  return true;
}

async function changeBio(scene: Scene): Promise<boolean> {
  const bio = word(scene, 'profile');
  await scene.replica.writes.update('mentors', scene.device.person.id, { bio });
  note(scene, 'mentors', scene.device.person.id, 'newest', bio);
  return true;
}

async function hideFromBoard(scene: Scene): Promise<boolean> {
  await scene.replica.writes.update('students', scene.device.person.id, { leaderboard_hidden: scene.dice.chance(0.5) });
  scene.ledger.edits += 1;
  return true;
}
