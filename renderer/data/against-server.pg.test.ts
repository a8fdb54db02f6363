import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createComputer, settled, type Computer } from '../testing/computer.ts';
import { startRealServer, type RealServer } from '../testing/real-server.ts';
import { until } from './store.ts';

vi.setConfig({ testTimeout: 90_000 });
const password = 'a calm river at dawn';
let server: RealServer;
const computers: Computer[] = [];

beforeAll(async () => {
  server = await startRealServer();
});
afterAll(async () => {
  for (const one of computers) await one.close();
  await server.close();
});

async function computer(email: string): Promise<Computer> {
  const one = await createComputer(server.url, email, password);
  computers.push(one);
  return one;
}

test('work handed in offline with a file reaches the mentor, and the approval opens the next lesson live', async () => {
  const { db, people } = server;
  await people.createCompany(db);
  const ayesha = await people.createPerson(db, 'student', { password });
  const bilal = await people.createPerson(db, 'mentor', { password });
  const course = await people.createCourse(db);
  const chapter = await people.createModule(db, course);
  const lesson = await people.createLesson(db, chapter);
  const next = await people.createLesson(db, chapter);
  const assignment = await people.createAssignment(db, lesson, { submission_type: 'file', is_required: true });
  await people.enrol(db, ayesha.id, { course_id: course });
  await people.assignMentor(db, bilal.id, ayesha.id);
  await people.coverCourse(db, bilal.id, course);
  await people.openLesson(db, ayesha.id, lesson);

  const laptop = await computer(ayesha.email);
  const student = await laptop.open();
  await settled(student);
  expect((await student.find('available_lessons')).map(({ id }) => id)).toContain(next);

  laptop.unplug();
  await until(student.syncState, ({ status }) => status === 'offline');
  await student.writes.insert('lesson_notes', {
    user_id: ayesha.id,
    lesson_id: lesson,
    at_seconds: 30,
    body: 'on the train',
    copy_of: null,
  });
  const attempt = crypto.randomUUID();
  const bytes = new TextEncoder().encode('%PDF-1.4\n%âãÏÓ\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n');
  const file = await student.attach(new File([bytes], 'plan.pdf', { type: 'application/pdf' }), {
    bucket: 'assignment-submissions',
    linked_table: 'submissions',
    linked_id: attempt,
    subject_id: assignment,
  });
  const handedInAt = student.stamp().toISOString();
  await student.writes.insert('submissions', {
    id: attempt,
    assignment_id: assignment,
    student_id: ayesha.id,
    content: null,
    links: [],
    file_ids: [file],
    client_submitted_at: handedInAt,
    based_on: null,
    status: 'pending',
    version: 1,
  });
  expect(student.syncState.get().waiting).toBe(4);
  expect(student.badge('submissions', attempt).get()).toBe('waiting');

  await student.close();
  const again = await laptop.open();
  expect(again.syncState.get().waiting).toBe(4);
  laptop.plug();
  again.syncNow();
  await settled(again);
  expect(again.problems.get()).toEqual([]);
  expect(
    await server.query(
      'select version, status, cardinality(file_ids) as files from submissions where student_id = $1',
      [ayesha.id],
    ),
  ).toEqual([{ version: 1, status: 'pending', files: 1 }]);
  const [stored] = await server.query('select sha256, status from files where id = $1', [file]);
  expect(stored?.status).toBe('ready');
  expect(stored?.sha256).toBe((await again.find('files', { id: file }))[0]?.sha256);
  expect(await server.query('select body from lesson_notes where user_id = $1', [ayesha.id])).toEqual([
    { body: 'on the train' },
  ]);

  // Made offline and sent later: its time is backed by the signed time that this device held, and the receipt is here to show.
  const receipt = (await again.find('submissions', { id: attempt }))[0]?.receipt ?? '';
  expect(JSON.parse(atob(receipt.split('.')[1] ?? ''))).toMatchObject({
    submission_id: attempt,
    handed_in_at: handedInAt,
    device_time: { anchored: true },
    is_late: false,
  });

  const desk = await computer(bilal.email);
  const mentor = await desk.open();
  await until(mentor.row('submissions', attempt), (row) => row?.status === 'pending');
  const nextOpens = until(
    again.rows('user_unlocks'),
    (rows) => rows?.some((row) => row.lesson_id === next && row.is_unlocked) ?? false,
  );
  await mentor.writes.insert('submission_reviews', {
    submission_id: attempt,
    submission_version: 1,
    reviewer_id: bilal.id,
    decision: 'approved',
    notes: 'Well done.',
    score: 90,
    reviewed_at_client: new Date().toISOString(),
  });
  await nextOpens;
  await until(again.row('submissions', attempt), (row) => row?.status === 'approved' && row.notes === 'Well done.');
  await settled(mentor);
  expect(mentor.problems.get()).toEqual([]);
});

test('a session the server has ended leaves data and queue, and the same person signs in again to send it', async () => {
  const { db, people } = server;
  const zain = await people.createPerson(db, 'student', { password });
  const laptop = await computer(zain.email);
  const replica = await laptop.open();
  await settled(replica);
  await server.query('delete from auth_sessions where user_id = $1', [zain.id]);
  await until(replica.syncState, ({ status }) => status === 'expired');
  expect(laptop.session.getState().state).toBe('expired');
  await replica.writes.insert('notification_settings', {
    user_id: zain.id,
    mutes: {},
    email_digest: true,
    quiet_hours: null,
  });
  expect(replica.syncState.get().waiting).toBe(1);
  expect(await laptop.session.getState().signIn(zain.email, 'not this one')).toMatchObject({
    ok: false,
    code: 'invalid_credentials',
  });
  expect(await laptop.session.getState().signIn(zain.email, password)).toEqual({ ok: true });
  await settled(replica);
  expect(await server.query('select email_digest from notification_settings where user_id = $1', [zain.id])).toEqual([
    { email_digest: true },
  ]);
});

test('a text written over another of the same device that its person did not see: the server keeps both', async () => {
  const { db, people } = server;
  const hira = await people.createPerson(db, 'student', { password });
  const course = await people.createCourse(db);
  const lesson = await people.createLesson(db, await people.createModule(db, course));
  await people.enrol(db, hira.id, { course_id: course });
  await people.openLesson(db, hira.id, lesson);
  const laptop = await computer(hira.email);
  const replica = await laptop.open();
  await settled(replica);
  const id = await replica.writes.insert('lesson_notes', {
    user_id: hira.id,
    lesson_id: lesson,
    at_seconds: null,
    body: 'there',
    copy_of: null,
  });
  await settled(replica);

  laptop.unplug();
  await until(replica.syncState, ({ status }) => status === 'offline');
  const [seen] = await replica.find('lesson_notes', { id });
  await replica.writes.update('lesson_notes', id, { body: 'first' });
  await replica.writes.update('lesson_notes', id, { body: 'second' }, seen);
  laptop.plug();
  replica.syncNow();
  await settled(replica);

  const kept = await server.query('select body, copy_of from lesson_notes where user_id = $1 order by body', [hira.id]);
  expect(kept).toEqual([
    { body: 'first', copy_of: id },
    { body: 'second', copy_of: null },
  ]);
  await until(replica.rows('lesson_notes'), (rows) => rows?.length === 2);
});
