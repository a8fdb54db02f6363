import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { settled, type Computer } from '../testing/computer.ts';
import { onDisk, openRealStage, type Desk, type RealPerson, type RealStage } from '../testing/real-stage.ts';
import { until } from './store.ts';

vi.setConfig({ testTimeout: 90_000 });
let stage: RealStage;
let server: RealStage['server'];
let arrive: RealStage['arrive'];
let command: RealStage['command'];
let student: RealPerson;
let mentor: RealPerson;
let lesson: string;
let enrolment: string;
let file: string;

beforeAll(async () => {
  stage = await openRealStage();
  ({ server, arrive, command } = stage);
});
afterAll(() => stage.close());
beforeEach(async () => {
  const scene = await stage.studentWithSecrets();
  ({ student, lesson, enrolment } = scene);
  mentor = await stage.person('mentor');
  const [attempt] = await server.query(
    `insert into submissions (student_id, assignment_id, content, client_submitted_at, status)
     values ($1, $2, 'Secret work of a student', now(), 'approved') returning id`,
    [student.id, scene.task],
  );
  [{ id: file }] = (await server.query(
    `insert into files (bucket, owner_id, path, original_name, mime, bytes, sha256, status, linked_table, linked_id)
     values ('assignment-submissions', $1, $2, 'secret plan.pdf', 'application/pdf', 1, repeat('a', 64), 'ready', 'submissions', $3) returning id`,
    [student.id, `${student.id}/${scene.task}/1/${String(attempt!['id'])}.pdf`, attempt!['id']],
  )) as [{ id: string }];
});

/** Lets the device be away while `move` happens, and come back: rows move at the next contact, not only on an open stream. */
async function whileAway({ computer, replica }: Desk, move: () => Promise<unknown>): Promise<void> {
  computer.unplug();
  await until(replica.syncState, ({ status }) => status === 'offline' || status === 'unreachable');
  await move();
  const before = replica.syncState.get().lastSyncAt!;
  computer.plug();
  replica.syncNow();
  // The pill goes on saying "up to date" through a short catch-up; the time of the last one tells that it has been.
  await until(replica.syncState, ({ lastSyncAt }) => lastSyncAt !== null && lastSyncAt > before);
  await settled(replica);
}

test('a mentor gets a student with all that belongs to him, and loses it to the last word', async () => {
  const desk = await arrive(mentor);
  expect(await onDisk(desk.computer, student.id)).toEqual([]);
  await whileAway(desk, () => server.people.assignMentor(server.db, mentor.id, student.id));
  for (const word of ['Ayesha Unforgettable', 'Secret work of a student', 'secret plan.pdf'])
    expect(await onDisk(desk.computer, word), word).not.toEqual([]);
  await whileAway(desk, () =>
    server.query('update student_mentor_assignments set ended_at = now() where mentor_id = $1', [mentor.id]),
  );
  for (const word of ['Ayesha Unforgettable', 'Secret work of a student', 'secret plan.pdf', student.email])
    expect(await onDisk(desk.computer, word), word).toEqual([]);
  expect(await desk.replica.find('submissions')).toEqual([]);
  expect(await desk.replica.fileUrl(file)).toBeNull();
});

test('a course is on the device while the enrolment lasts, and its texts are gone with it', async () => {
  const laptop = await arrive(student);
  expect(await onDisk(laptop.computer, 'The secret of the lesson')).not.toEqual([]);
  await whileAway(laptop, () =>
    server.query("update course_enrollments set status = 'cancelled' where id = $1", [enrolment]),
  );
  expect(await onDisk(laptop.computer, 'The secret of the lesson')).toEqual([]);
  expect(await onDisk(laptop.computer, 'Secret instructions')).toEqual([]);
  // One's own work stays, whatever becomes of the course.
  expect(await onDisk(laptop.computer, 'Secret work of a student')).not.toEqual([]);
  await whileAway(laptop, () =>
    server.query("update course_enrollments set status = 'active' where id = $1", [enrolment]),
  );
  expect(await onDisk(laptop.computer, 'The secret of the lesson')).not.toEqual([]);
});

test('an access that has ended keeps its rows, locked', async () => {
  const laptop = await arrive(student);
  await whileAway(laptop, () =>
    server.query(
      "update course_enrollments set access_expires_at = now() - interval '1 day', status = 'paused' where id = $1",
      [enrolment],
    ),
  );
  expect((await laptop.replica.find('available_lessons')).map(({ id }) => id)).toEqual([lesson]);
});

test('a lesson that is locked again shows its title and nothing else', async () => {
  const laptop = await arrive(student);
  await whileAway(laptop, () =>
    server.query('update user_unlocks set is_unlocked = false, unlocked_at = null where user_id = $1', [student.id]),
  );
  expect(await onDisk(laptop.computer, 'The secret of the lesson')).toEqual([]);
  expect(await onDisk(laptop.computer, 'Secret instructions')).toEqual([]);
  expect((await laptop.replica.find('available_lessons')).map(({ id, description }) => [id, description])).toEqual([
    [lesson, undefined],
  ]);
});

test('a batch comes and goes with what it covers', async () => {
  const laptop = await arrive(student);
  const other = await server.people.createCourse(server.db, { title: 'Course of the batch', is_published: false });
  await server.people.createLesson(server.db, await server.people.createModule(server.db, other), {
    recording_title: 'Only for the batch',
  });
  const [batch] = await server.query(
    "insert into batches (name, start_date, course_id, whatsapp_group_link) values ('Morning batch', '2026-01-01', $1, 'https://chat.example.test/secret') returning id",
    [other],
  );
  await whileAway(laptop, () =>
    server.query('update course_enrollments set batch_id = $2 where id = $1', [enrolment, batch!['id']]),
  );
  for (const word of ['Only for the batch', 'chat.example.test/secret'])
    expect(await onDisk(laptop.computer, word), word).not.toEqual([]);
  await whileAway(laptop, () =>
    server.query('update course_enrollments set batch_id = null where id = $1', [enrolment]),
  );
  for (const word of ['Only for the batch', 'Course of the batch', 'chat.example.test/secret'])
    expect(await onDisk(laptop.computer, word), word).toEqual([]);
});

test('a ticket moves from one helper to another with everything said in it', async () => {
  const other = await stage.person('mentor');
  const [ticket] = await server.query(
    `insert into support_tickets (student_id, created_by, title, description, assigned_to)
     values ($1, $1, 'A secret trouble', 'Nobody else should know', $2) returning id`,
    [student.id, mentor.id],
  );
  await server.query(
    `insert into support_ticket_replies (ticket_id, user_id, author_name, author_role, message, is_internal)
     values ($1, $2, 'Bilal', 'mentor', 'An internal remark', true)`,
    [ticket!['id'], mentor.id],
  );
  const [first, second, laptop] = [await arrive(mentor), await arrive(other), await arrive(student)];
  expect(await onDisk(first.computer, 'An internal remark')).not.toEqual([]);
  const reassign = () =>
    server.query('update support_tickets set assigned_to = $2 where id = $1', [ticket!['id'], other.id]);
  await whileAway(first, reassign);
  for (const word of ['A secret trouble', 'Nobody else should know', 'An internal remark'])
    expect(await onDisk(first.computer, word), word).toEqual([]);
  await settled(second.replica);
  await until(second.replica.rows('support_ticket_replies'), (rows) => rows?.length === 1);
  expect(await onDisk(second.computer, 'An internal remark')).not.toEqual([]);
  expect(await onDisk(laptop.computer, 'A secret trouble')).not.toEqual([]);
  expect(await onDisk(laptop.computer, 'An internal remark')).toEqual([]);
});

test('a person who is erased leaves the devices of everybody who knew them', async () => {
  await server.people.assignMentor(server.db, mentor.id, student.id);
  const desk = await arrive(mentor);
  expect(await onDisk(desk.computer, 'Ayesha Unforgettable')).not.toEqual([]);
  const about = { user_id: student.id, confirm_email: student.email, reason: 'asked for it' };
  await whileAway(desk, async () => {
    await command('delete-user', { ...about, mode: 'deactivate' });
    await command('delete-user', { ...about, mode: 'erase' });
  });
  for (const word of ['Ayesha Unforgettable', student.email, 'Secret work of a student'])
    expect(await onDisk(desk.computer, word), word).toEqual([]);
});

const note = 'A note nobody else has';
const secrets = [
  'Ayesha Unforgettable',
  'The secret of the lesson',
  'Secret work of a student',
  'secret plan.pdf',
  note,
];

/** Writes a note without a network, lets `move` happen, and comes back to a device that is told to forget. */
async function untilSignedOut({ computer, replica }: Desk, move: () => Promise<unknown>): Promise<void> {
  computer.unplug();
  await until(replica.syncState, ({ status }) => status === 'offline' || status === 'unreachable');
  const row = { user_id: student.id, lesson_id: lesson, at_seconds: 30, body: note, copy_of: null };
  await replica.writes.insert('lesson_notes', row);
  for (const word of [...secrets, student.email]) expect(await onDisk(computer, word), word).not.toEqual([]);
  await move();
  computer.plug();
  replica.syncNow();
  await until(computer.wiper.signedOut, (at) => at !== null);
  for (const word of [...secrets, student.email]) expect(await onDisk(computer, word), word).toEqual([]);
}

test('a student who is suspended leaves the device, and the unsent note comes back with the lift', async () => {
  const laptop = await arrive(student);
  await untilSignedOut(laptop, () => stage.suspend(student));
  await stage.lift(student);
  await laptop.computer.signIn();
  const again = await laptop.computer.open();
  await settled(again);
  for (const word of secrets.filter((one) => one !== note))
    expect(await onDisk(laptop.computer, word), word).not.toEqual([]);
  expect(await onDisk(laptop.computer, note)).toEqual([]);
  expect((await again.readHeld()).map(({ text }) => text).join()).toContain(note);
  await again.restoreHeld();
  await settled(again);
  expect(await server.query('select body from lesson_notes where user_id = $1', [student.id])).toEqual([
    { body: note },
  ]);
});

test('with another role the device holds what that role sees and nothing of the one before', async () => {
  const laptop = await arrive(student);
  await untilSignedOut(laptop, () =>
    command('change-role', { user_id: student.id, role: 'mentor', reason: 'joins the team' }),
  );
  await laptop.computer.signIn();
  const desk = await laptop.computer.open();
  await settled(desk);
  expect(desk.actor.role).toBe('mentor');
  // Own rows stay theirs in any role: the measure is a new computer of the same person.
  const fresh = await arrive(student);
  const seen = async (computer: Computer): Promise<string[]> => {
    const found = await Promise.all(
      secrets.map(async (word) => ((await onDisk(computer, word)).length > 0 ? [word] : [])),
    );
    return found.flat();
  };
  expect(await seen(laptop.computer)).toEqual(await seen(fresh.computer));
  expect(await seen(laptop.computer)).not.toContain('The secret of the lesson');
  const tables = ['available_lessons', 'assignments', 'submissions', 'course_enrollments', 'user_unlocks'] as const;
  for (const table of tables)
    expect(
      (await desk.find(table)).map(({ id }) => id),
      table,
    ).toEqual((await fresh.replica.find(table)).map(({ id }) => id));
  expect((await desk.readHeld()).map(({ text }) => text).join()).toContain(note);
});
