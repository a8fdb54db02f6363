import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { asServer } from '../../db/as-actor.ts';
import { insertRow } from '../../seed/insert-rows.ts';
import { openAcademy, outcome, watch, type Academy } from '../../testing/academy.ts';
import { createCourse, createLesson, createModule, createPerson, enrol, type Person } from '../../testing/people.ts';
import { issueCertificate, issueEarned, revokeCertificatesOfEnrolment } from './certificates.ts';

let academy: Academy;
let student: Person;
let course: string;
let lesson: string;
let enrolment: string;
beforeAll(async () => {
  academy = await openAcademy();
});
afterAll(() => academy.database.drop());
beforeEach(async () => {
  academy.clock.set('2027-03-01T08:00:00.000Z');
  const db = academy.database.server;
  student = await createPerson(db, 'student', { full_name: 'Ayesha Khan' });
  course = await createCourse(db, { title: 'Store basics' });
  lesson = await createLesson(db, await createModule(db, course), { has_media: true });
  await insertRow(db, 'lesson_media', { id: lesson, provider: 'file', duration_seconds: 60 });
  enrolment = await enrol(db, student.id, { course_id: course }, { enrolled_at: '2027-02-01T08:00:00Z' });
  await academy.settle(student);
});

const held = (person = student) =>
  academy.rows(
    'select number, title, printed_name, verification_code, issued_by, render_state, revoked_at from certificates where student_id = $1 order by number',
    [person.id],
  );
const finish = async () => {
  academy.clock.pass(60);
  const [verdict] = await academy.push(student, [watch(student.id, lesson, academy.clock.now().toISOString())]);
  expect(outcome(verdict)).toBe('ok');
};
const issue = (person: Person, targetId = course) =>
  asServer(academy.database.server, (tx) =>
    issueCertificate(tx, academy.deps, { studentId: person.id, kind: 'course', targetId, by: null }),
  );

describe('by the rule', () => {
  test('the last lesson of a paid course brings it, with news, mail, trail and the milestone', async () => {
    await finish();
    expect(await held()).toMatchObject([
      {
        title: 'Store basics',
        printed_name: 'Ayesha Khan',
        verification_code: expect.stringMatching(/^[A-Z2-7]{16}$/),
        issued_by: null,
        render_state: 'rendering',
        revoked_at: null,
      },
    ]);
    expect(
      await academy.rows(
        "select template_key from notifications where user_id = $1 and template_key in ('certificate_issued', 'milestone_celebration') order by 1",
        [student.id],
      ),
    ).toEqual([{ template_key: 'certificate_issued' }, { template_key: 'milestone_celebration' }]);
    expect(
      await academy.rows("select template_key from email_queue where user_id = $1 and template_key like 'cert%'", [
        student.id,
      ]),
    ).toEqual([{ template_key: 'certificate_issued' }]);
    expect(
      await academy.rows(
        "select performed_by from admin_logs where action = 'certificate_issued' and target_user_id = $1",
        [student.id],
      ),
    ).toEqual([{ performed_by: null }]);
  });

  test('not while fees are open, nor while something restricts the student; the nightly look makes up for it', async () => {
    await academy.rows("update course_enrollments set status = 'completed', payment_status = 'partial' where id = $1", [
      enrolment,
    ]);
    const look = () => asServer(academy.database.server, (tx) => issueEarned(tx, academy.deps, student.id));
    expect(await look()).toBe(0);
    await academy.rows("update course_enrollments set payment_status = 'paid' where id = $1", [enrolment]);
    const cause = await insertRow(academy.database.server, 'suspensions', { user_id: student.id, cause: 'manual' });
    expect(await look()).toBe(0);
    await academy.rows('update suspensions set lifted_at = now() where id = $1', [cause]);
    expect(await look()).toBe(1);
    expect(await look()).toBe(0);
  });
});

describe('numbers', () => {
  test('have no gap and no double, also where issuing is tried twice, fails, or happens all at once', async () => {
    const people = await Promise.all(Array.from({ length: 8 }, () => createPerson(academy.database.server, 'student')));
    await expect(
      asServer(academy.database.server, async (tx) => {
        await issueCertificate(tx, academy.deps, {
          studentId: people[0]!.id,
          kind: 'course',
          targetId: course,
          by: null,
        });
        throw new Error('something else failed');
      }),
    ).rejects.toThrow('something else failed');
    await Promise.all([...people, ...people].map((person) => issue(person)));
    const numbers = (await academy.rows<{ number: string }>('select number from certificates order by number')).map(
      ({ number }) => number,
    );
    expect(numbers).toEqual(numbers.map((_, at) => `CERT-2027-${String(at + 1).padStart(6, '0')}`));
    expect(numbers.length).toBeGreaterThanOrEqual(8);
  });

  test('begin anew with the company’s year', async () => {
    academy.clock.set('2027-12-31T20:00:00.000Z');
    await issue(student);
    expect(await held()).toMatchObject([{ number: 'CERT-2028-000001' }]);
  });
});

test('a refund of the enrolment takes it back; it is not issued again by the rule, and a person may', async () => {
  await finish();
  const revoke = () =>
    asServer(academy.database.server, (tx) =>
      revokeCertificatesOfEnrolment(tx, academy.deps, { enrolmentId: enrolment, by: null, reason: 'Refunded' }),
    );
  expect(await revoke()).toBe(1);
  expect(await revoke()).toBe(0);
  expect(await asServer(academy.database.server, (tx) => issueEarned(tx, academy.deps, student.id))).toBe(0);
  expect(await issue(student)).not.toBeNull();
  expect((await held()).map((row) => row['revoked_at'] !== null)).toEqual([true, false]);
});
