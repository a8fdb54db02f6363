import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  assignMentor,
  coverCourse,
  createAssignment,
  createCompany,
  createCourse,
  createLesson,
  createModule,
  createPathway,
  createPerson,
  createSubmission,
  enrol,
  openLesson,
  type Person,
} from '../testing/people.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { asActor } from './as-actor.ts';
import type { Tx } from './sql.ts';

let database: TestDatabase;
let course: string;
let lesson: string;
let assignment: string;
let student: Person;
let mentor: Person;
const at = '2026-11-22T10:00:00.000Z';

beforeAll(async () => {
  database = await createTestDatabase();
  const { server } = database;
  await createCompany(server);
  mentor = await createPerson(server, 'mentor', { full_name: 'Bilal Ahmed' });
  course = await createCourse(server);
  lesson = await createLesson(server, await createModule(server, course));
  assignment = await createAssignment(server, lesson);
  await coverCourse(server, mentor.id, course);
});
afterAll(() => database.drop());
beforeEach(async () => {
  student = await createPerson(database.server, 'student');
  await enrol(database.server, student.id, { course_id: course });
});

const one = async <Row extends Record<string, unknown>>(text: string, values: unknown[]): Promise<Row> =>
  (await database.server.query<Row>(text, values)).rows[0]!;

const handIn = (tx: Tx): Promise<unknown> =>
  tx.query(
    'insert into submissions (id, assignment_id, student_id, content, client_submitted_at) values ($1, $2, $3, $4, now())',
    [randomUUID(), assignment, student.id, 'My work.'],
  );

describe('attempts', () => {
  it('are numbered by the server, one after the other', async () => {
    await createSubmission(database.server, student.id, assignment, { status: 'declined' });
    await asActor(database.people, student, handIn);
    const { rows } = await database.server.query(
      'select version, status from submissions where student_id = $1 order by version',
      [student.id],
    );
    expect(rows).toEqual([
      { version: 1, status: 'declined' },
      { version: 2, status: 'pending' },
    ]);
  });

  it('of two devices at once: one is pending, the other is refused', async () => {
    const results = await Promise.allSettled([1, 2].map(() => asActor(database.people, student, handIn)));
    expect(results.map((result) => result.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const failure = results.find((result) => result.status === 'rejected') as PromiseRejectedResult;
    expect(failure.reason).toMatchObject({ code: '23505', constraint: 'submissions_one_pending' });
  });

  it('keep the token of the operation when the server stamps them', async () => {
    const v = randomUUID();
    const id = await createSubmission(database.server, student.id, assignment, { v });
    await database.server.query('select server_accept_submission($1, $2, $3, true)', [database.serverKey, id, at]);
    expect(await one('select v, is_late, submitted_at from submissions where id = $1', [id])).toEqual({
      v,
      is_late: true,
      submitted_at: at,
    });
  });
});

describe('verdicts', () => {
  const review = async (
    submission: string,
    decision: string,
    reviewer = mentor,
  ): Promise<{ id: string; outcome: string }> => {
    const id = randomUUID();
    const outcome = await asActor(database.people, reviewer, async (tx) => {
      await tx.query(
        `insert into submission_reviews (id, submission_id, submission_version, reviewer_id, decision, notes, reviewed_at_client)
         values ($1, $2, 1, $3, $4, 'Because.', now())`,
        [id, submission, reviewer.id, decision],
      );
      const { rows } = await tx.query<{ outcome: string }>('select server_apply_review($1, $2, $3) as outcome', [
        database.serverKey,
        id,
        at,
      ]);
      return rows[0]!.outcome;
    });
    return { id, outcome };
  };

  it('the first one wins, the later one is kept as superseded', async () => {
    const second = await createPerson(database.server, 'mentor');
    await coverCourse(database.server, second.id, null);
    const submission = await createSubmission(database.server, student.id, assignment);
    const outcomes = await Promise.all([review(submission, 'declined'), review(submission, 'approved', second)]);
    expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual(['applied', 'superseded']);
    const { rows } = await database.server.query<{ decision: string; outcome: string }>(
      'select decision, outcome from submission_reviews where submission_id = $1',
      [submission],
    );
    const winner = rows.find((row) => row.outcome === 'applied')!;
    expect((await one<{ status: string }>('select status from submissions where id = $1', [submission])).status).toBe(
      winner.decision,
    );
  });

  it('stamps reviewer, time and notes on the work and the name on the verdict', async () => {
    const submission = await createSubmission(database.server, student.id, assignment);
    const { id } = await review(submission, 'approved');
    expect(
      await one('select status, reviewed_by, reviewed_at, notes from submissions where id = $1', [submission]),
    ).toEqual({
      status: 'approved',
      reviewed_by: mentor.id,
      reviewed_at: at,
      notes: 'Because.',
    });
    expect(await one('select reviewer_name from submission_reviews where id = $1', [id])).toEqual({
      reviewer_name: 'Bilal Ahmed',
    });
  });

  it('on an attempt that was withdrawn or is no longer the latest is superseded', async () => {
    const submission = await createSubmission(database.server, student.id, assignment, { status: 'withdrawn' });
    expect((await review(submission, 'approved')).outcome).toBe('superseded');
    await createSubmission(database.server, student.id, assignment, { version: 2 });
    expect((await review(submission, 'declined')).outcome).toBe('superseded');
  });

  it('a comment changes nothing and a reopened attempt is pending again', async () => {
    const submission = await createSubmission(database.server, student.id, assignment);
    expect((await review(submission, 'comment')).outcome).toBe('applied');
    await review(submission, 'declined');
    expect((await review(submission, 'reopened')).outcome).toBe('applied');
    expect(await one('select status, reviewed_by, notes from submissions where id = $1', [submission])).toEqual({
      status: 'pending',
      reviewed_by: null,
      notes: null,
    });
  });
});

describe('whom to tell about new work', () => {
  const audience = async (submission: string): Promise<string[]> =>
    (
      await database.server.query<{ id: string }>('select server_submission_audience($1, $2) as id', [
        database.serverKey,
        submission,
      ])
    ).rows.map((row) => row.id);

  it('its reviewer, else the mentor of the assignment, else the primary mentor, else those of the course', async () => {
    const { server } = database;
    const submission = await createSubmission(server, student.id, assignment);
    const ofCourse = await audience(submission);
    expect(ofCourse).toContain(mentor.id);
    const primary = await createPerson(server, 'mentor');
    await assignMentor(server, primary.id, student.id);
    expect(await audience(submission)).toEqual([primary.id]);
    const author = await createPerson(server, 'mentor');
    await server.query('update assignments set mentor_id = $2 where id = $1', [assignment, author.id]);
    expect(await audience(submission)).toEqual([author.id]);
    await server.query('update submissions set assigned_to = $2 where id = $1', [submission, mentor.id]);
    expect(await audience(submission)).toEqual([mentor.id]);
    await server.query('update assignments set mentor_id = null where id = $1', [assignment]);
  });
});

describe('unlock decisions', () => {
  const store = async (decision: Record<string, unknown>, when = at): Promise<string[]> =>
    (
      await database.server.query<{ id: string }>('select server_store_unlocks($1, $2, $3::jsonb, $4) as id', [
        database.serverKey,
        student.id,
        JSON.stringify([{ lesson_id: lesson, offline_openable: false, ...decision }]),
        when,
      ])
    ).rows.map((row) => row.id);
  const stored = (): Promise<Record<string, unknown>> =>
    one('select is_unlocked, unlocked_at, source, reason from user_unlocks where user_id = $1 and lesson_id = $2', [
      student.id,
      lesson,
    ]);

  it('name a lesson as opened once, and keep its first opening through a lock', async () => {
    expect(await store({ is_unlocked: false, reason: 'fees_not_cleared' })).toEqual([]);
    expect(await store({ is_unlocked: true, reason: 'first_lesson', source: 'first_lesson' })).toEqual([lesson]);
    expect(await store({ is_unlocked: false, reason: 'account_restricted' })).toEqual([]);
    expect(
      await store({ is_unlocked: true, reason: 'requirements_met', source: 'rule' }, '2026-12-01T00:00:00.000Z'),
    ).toEqual([]);
    expect(await stored()).toEqual({
      is_unlocked: true,
      unlocked_at: at,
      source: 'first_lesson',
      reason: 'requirements_met',
    });
  });

  it('that say the same again leave the row and its token alone', async () => {
    await store({ is_unlocked: true, reason: 'first_lesson' });
    const before = await one('select v, updated_at from user_unlocks where user_id = $1', [student.id]);
    await store({ is_unlocked: true, reason: 'first_lesson' });
    expect(await one('select v, updated_at from user_unlocks where user_id = $1', [student.id])).toEqual(before);
  });

  it("never overwrite the mark of staff's own hand", async () => {
    await openLesson(database.server, student.id, lesson, { source: 'manual', reason: 'manually_unlocked' });
    await store({ is_unlocked: false, reason: 'account_restricted', source: 'rule' });
    expect((await stored())['source']).toBe('manual');
  });
});

describe('notices', () => {
  const notify = async (recipient: string, dedupe: string, title = 'Hello'): Promise<string | null> =>
    (
      await one<{ id: string | null }>(`select server_notify($1, $2, 'content_unlocked', $3, 'Body', '{}', $4) as id`, [
        database.serverKey,
        recipient,
        title,
        dedupe,
      ])
    ).id;

  it('are said once per event, once per minute, and not when muted', async () => {
    expect(await notify(student.id, `first:${student.id}`)).not.toBeNull();
    expect(await notify(student.id, `first:${student.id}`, 'Other words')).toBeNull();
    expect(await notify(student.id, `second:${student.id}`)).toBeNull();
    await database.server.query(
      `insert into notification_settings (user_id, mutes) values ($1, '{"content_unlocked": ["in_app"]}')`,
      [student.id],
    );
    expect(await notify(student.id, `third:${student.id}`, 'Third')).toBeNull();
  });

  it('never reach the person who caused them', async () => {
    const told = await asActor(database.people, student, async (tx) => {
      const { rows } = await tx.query<{ id: string | null }>(
        `select server_notify($1, $2, 'content_unlocked', 'Hello', 'Body', '{}', $3) as id`,
        [database.serverKey, student.id, `own:${student.id}`],
      );
      return rows[0]!.id;
    });
    expect(told).toBeNull();
  });
});

describe('the scope of a mentor', () => {
  const mentors = async (id: string): Promise<boolean> =>
    (
      await one<{ is: boolean }>(
        'select exists (select from sync_mentored_students where mentor_id = $1 and student_id = $2) as is',
        [id, student.id],
      )
    ).is;

  it('holds students of covered courses while the enrolment is active, also through a pathway', async () => {
    const { server } = database;
    const other = await createPerson(server, 'mentor');
    const second = await createCourse(server);
    await coverCourse(server, other.id, second);
    expect([await mentors(mentor.id), await mentors(other.id)]).toEqual([true, false]);
    const pathway = await createPathway(server, [second]);
    await enrol(server, student.id, { pathway_id: pathway });
    expect(await mentors(other.id)).toBe(true);
    await server.query("update course_enrollments set status = 'cancelled' where student_id = $1", [student.id]);
    expect([await mentors(mentor.id), await mentors(other.id)]).toEqual([false, false]);
  });

  it('holds assigned students until the assignment ends', async () => {
    const { server } = database;
    const own = await createPerson(server, 'mentor');
    await assignMentor(server, own.id, student.id);
    expect(await mentors(own.id)).toBe(true);
    await server.query('update student_mentor_assignments set ended_at = now() where mentor_id = $1', [own.id]);
    expect(await mentors(own.id)).toBe(false);
  });
});
