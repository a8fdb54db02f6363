import { me, note, pickPicture, team, word, anyOf, type Edit, type Scene } from './scene.ts';

async function changeGoal(scene: Scene): Promise<boolean> {
  const text = word(scene, 'profile');
  await scene.replica.writes.update('users', me(scene), { dream_goal_summary: text });
  return note(scene, { table: 'users', id: me(scene), column: 'dream_goal_summary', care: 'newest', text });
}

async function changePhone(scene: Scene): Promise<boolean> {
  await scene.replica.writes.update('users', me(scene), { phone: `+9230${10_000_000 + scene.dice.int(80_000_000)}` });
  return true;
}

/** A picture is taken once its bytes are there; until then the write waits. */
async function changePicture(scene: Scene): Promise<boolean> {
  const file = await pickPicture(scene, { bucket: 'attachments', linked_table: 'users', linked_id: me(scene) });
  await scene.replica.writes.update('users', me(scene), { avatar_file_id: file });
  return true;
}

async function changeBio(scene: Scene): Promise<boolean> {
  const text = word(scene, 'profile');
  await scene.replica.writes.update('mentors', me(scene), { bio: text, accepting_students: scene.dice.chance(0.5) });
  return note(scene, { table: 'mentors', id: me(scene), column: 'bio', care: 'newest', text });
}

async function changeSwitches(scene: Scene): Promise<boolean> {
  const { replica, dice } = scene;
  const change = dice.pick([
    { leaderboard_hidden: dice.chance(0.5) },
    { recovery_opt_out: dice.chance(0.5) },
    { onboarding_video_watched: true },
    { onboarding_submitted_at: replica.stamp().toISOString() },
  ]);
  await replica.writes.update('students', me(scene), change);
  return true;
}

async function renameDevice(scene: Scene): Promise<boolean> {
  const there = await anyOf(scene, 'devices', ({ user_id }) => user_id === me(scene));
  if (!there) return false;
  const text = word(scene, 'profile');
  await scene.replica.writes.update('devices', there.id, { label: text });
  return note(scene, { table: 'devices', id: there.id, column: 'label', care: 'newest', text });
}

async function noteStudent(scene: Scene): Promise<boolean> {
  const student = await anyOf(scene, 'students');
  if (!student) return false;
  const id = crypto.randomUUID();
  const text = word(scene, 'about');
  await scene.replica.writes.insert('student_notes', {
    id,
    student_id: student.id,
    author_id: me(scene),
    kind: scene.dice.pick(['note', 'contact'] as const),
    body: text,
  });
  return note(scene, { table: 'student_notes', id, column: 'body', care: 'fact', text });
}

async function readNotice(scene: Scene): Promise<boolean> {
  const there = await anyOf(scene, 'notifications', ({ read_at }) => read_at === null);
  if (!there) return false;
  await scene.replica.writes.update('notifications', there.id, {
    [scene.dice.pick(['read_at', 'dismissed_at'])]: scene.replica.stamp().toISOString(),
  });
  return true;
}

async function changeSettings(scene: Scene): Promise<boolean> {
  const { replica, dice } = scene;
  const [there] = await replica.find('notification_settings', { user_id: me(scene) });
  const email_digest = dice.chance(0.5);
  if (there) await replica.writes.update('notification_settings', there.id, { email_digest });
  else
    await replica.writes.insert('notification_settings', {
      user_id: me(scene),
      mutes: {},
      email_digest,
      quiet_hours: null,
    });
  return true;
}

async function acknowledge(scene: Scene): Promise<boolean> {
  const there = await anyOf(scene, 'sync_rejections', ({ acknowledged_at }) => acknowledged_at === null);
  if (!there) return false;
  await scene.replica.writes.update('sync_rejections', there.id, {
    acknowledged_at: scene.replica.stamp().toISOString(),
  });
  return true;
}

/** What people say of themselves and of others, and what they have seen. */
export const peopleEdits: readonly Edit[] = [
  { table: 'users', verb: 'update', make: changeGoal },
  { table: 'users', verb: 'update', make: changePhone },
  { table: 'users', verb: 'update', make: changePicture },
  { table: 'mentors', verb: 'update', roles: ['mentor'], make: changeBio },
  { table: 'students', verb: 'update', roles: ['student'], make: changeSwitches },
  { table: 'devices', verb: 'update', weight: 2, make: renameDevice },
  { table: 'student_notes', verb: 'insert', roles: team, weight: 2, make: noteStudent },
  { table: 'notifications', verb: 'update', make: readNotice },
  { table: 'notification_settings', verb: 'insert', make: changeSettings },
  { table: 'notification_settings', verb: 'update', make: changeSettings },
  { table: 'sync_rejections', verb: 'update', make: acknowledge },
];
