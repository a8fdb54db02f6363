import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { naturalId } from '#contract/natural-id.ts';
import type { Client } from '../../testing/api-client.ts';
import { operation } from '../../testing/operations.ts';
import { createSubmission, type Person } from '../../testing/people.ts';
import { openPushStage, type PushStage } from '../../testing/push-stage.ts';
import { push } from '../../testing/sync-client.ts';

let stage: PushStage;
let database: PushStage['database'];
let student: Person;
let other: Person;
let mentor: Person;
let device: Client;
let lesson: string;
let lockedLesson: string;
let assignment: string;
let note: PushStage['note'];
let work: PushStage['work'];
let column: PushStage['column'];
let profile: PushStage['profile'];
let signIn: PushStage['signIn'];

beforeAll(async () => {
  stage = await openPushStage();
  ({ database, student, other, mentor, device, lesson, lockedLesson, assignment, note, work, column, profile, signIn } =
    stage);
});
afterAll(() => stage.close());

test('a row of somebody else is answered with a bare tombstone', async () => {
  const theirs = note();
  await push(device, [theirs]);
  const intruder = await signIn(other);
  const attempts = [
    { ...operation('lesson_notes', theirs.id, { base: theirs.op, set: { body: 'Mine now' } }) },
    { ...operation('lesson_notes', theirs.id, { base: theirs.op, deleted: true }) },
    { ...theirs, op: randomUUID(), set: { ...theirs.set, user_id: other.id } },
  ];
  for (const verdict of await push(intruder, attempts)) {
    const doc = 'doc' in verdict ? verdict.doc : null;
    expect(Object.keys(doc ?? {}).toSorted()).toEqual(['_deleted', 'id', 'type', 'v']);
    expect(doc?.v).not.toBe(theirs.op);
  }
  expect(await column('lesson_notes', theirs.id, 'body')).toBe('A thought');
  expect(await column('lesson_notes', theirs.id, 'is_deleted')).toBe(false);
});

test('a column of the server is ignored, not an error', async () => {
  const op = profile({ full_name: 'New Name', status: 'suspended', lms_status: 'complete' });
  expect(await push(device, [op])).toMatchObject([
    { s: 'ok', doc: { full_name: 'New Name', status: 'active', lms_status: 'active' } },
  ]);
});

test('a student cannot raise their role', async () => {
  await push(device, [profile({ role: 'superadmin', full_name: 'Still a student' })]);
  expect(await column('users', student.id, 'role')).toBe('student');
});

test('a student cannot change another person', async () => {
  expect(await push(device, [operation('users', other.id, { set: { full_name: 'Fool' } })])).toMatchObject([
    { s: 'refused', code: 'not_allowed' },
  ]);
  expect(await push(device, [operation('users', mentor.id, { set: { full_name: 'Fool' } })])).toMatchObject([
    { s: 'refused', code: 'not_allowed' },
  ]);
  expect(await column('users', other.id, 'full_name')).not.toBe('Fool');
});

test('a student cannot write rows for another person', async () => {
  const ops = [
    note({ user_id: other.id }),
    work({ student_id: other.id }),
    operation('user_activity_logs', randomUUID(), {
      set: {
        user_id: other.id,
        activity_type: 'page_visit',
        occurred_at: new Date().toISOString(),
        reference_id: null,
        metadata: {},
      },
    }),
    operation('recording_views', naturalId('recording_views', other.id, lesson), {
      set: { user_id: other.id, lesson_id: lesson, position_seconds: 5, watched_ranges: [[0, 5]] },
    }),
  ];
  for (const verdict of await push(device, ops)) expect(verdict).toMatchObject({ s: 'refused', code: 'not_allowed' });
});

test('a student cannot approve their own work', async () => {
  const id = await createSubmission(database.server, student.id, assignment);
  const review = operation('submission_reviews', randomUUID(), {
    set: {
      submission_id: id,
      submission_version: 1,
      reviewer_id: student.id,
      decision: 'approved',
      notes: null,
      score: null,
      reviewed_at_client: new Date().toISOString(),
    },
  });
  expect(await push(device, [review])).toMatchObject([{ s: 'refused', code: 'not_allowed' }]);
  const forged = operation('submissions', id, {
    base: randomUUID(),
    set: { status: 'approved', reviewed_by: student.id, score: 100 },
  });
  await push(device, [forged]);
  expect(await column('submissions', id, 'status')).toBe('pending');
  await database.server.query('delete from submissions where id = $1', [id]);
});

test('a student cannot unlock a lesson', async () => {
  const unlock = operation('user_unlocks', naturalId('user_unlocks', student.id, lockedLesson), {
    set: { user_id: student.id, lesson_id: lockedLesson, is_unlocked: true, unlocked_at: new Date().toISOString() },
  });
  expect(await push(device, [unlock])).toMatchObject([{ s: 'refused', code: 'not_allowed' }]);
  const { rows } = await database.server.query(
    'select from user_unlocks where user_id = $1 and lesson_id = $2 and is_unlocked',
    [student.id, lockedLesson],
  );
  expect(rows).toHaveLength(0);
});

test('an operation of one person under the id another used is judged on its own', async () => {
  const op = note();
  await push(device, [op]);
  const theirs = { ...note({ user_id: other.id }), op: op.op };
  expect(await push(await signIn(other), [theirs])).toMatchObject([{ op: op.op, s: 'ok', doc: { user_id: other.id } }]);
});
