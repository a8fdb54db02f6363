import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openAcademy, type Academy } from '../../testing/academy.ts';
import { callCommand, codeOf } from '../../testing/office.ts';
import { assignMentor, createCourse, createPerson, enrol, type Person } from '../../testing/people.ts';
import { checkRecovery } from './recovery-check.ts';
import { runRecoveryCheck, updateRecoveryStatus } from './recovery-commands.ts';

let academy: Academy;
let admin: Person;
let mentor: Person;
let student: Person;
beforeAll(async () => {
  academy = await openAcademy();
  admin = await createPerson(academy.database.server, 'admin');
  mentor = await createPerson(academy.database.server, 'mentor');
});
afterAll(() => academy.database.drop());

const day = (number: number, hour = 9) => new Date(Date.UTC(2027, 2, 1 + number, hour)).toISOString();
const active = (number: number) =>
  academy.rows("insert into user_activity_logs (user_id, activity_type, occurred_at) values ($1, 'page_visit', $2)", [
    student.id,
    day(number, 10),
  ]);
beforeEach(async () => {
  await academy.rows('delete from student_recovery_checks');
  await academy.rows("update users set status = 'inactive' where role = 'student'");
  student = await createPerson(academy.database.server, 'student', { full_name: 'Zara', phone: null });
  await enrol(
    academy.database.server,
    student.id,
    { course_id: await createCourse(academy.database.server) },
    { enrolled_at: day(0, 8) },
  );
  await assignMentor(academy.database.server, mentor.id, student.id);
  await active(0);
});

/** The morning of a day; what was handed over the day before has gone out by then. */
async function morning(number: number) {
  academy.clock.set(day(number));
  const counts = await checkRecovery(academy.deps, { only: null, dryRun: false, actor: null });
  await deliver();
  return counts;
}
/** The outside world takes every mail and message that waits. */
async function deliver(): Promise<void> {
  await academy.rows("update email_queue set status = 'sent', sent_at = $1 where status = 'pending'", [
    academy.clock.now(),
  ]);
  await academy.rows("update whatsapp_queue set status = 'delivered', sent_at = $1 where status = 'pending'", [
    academy.clock.now(),
  ]);
}
async function mornings(from: number, to: number): Promise<void> {
  for (let number = from; number <= to; number++) await morning(number);
}
const messages = () =>
  academy.rows<{
    attempt: number;
    recovery_cycle: number;
    message_status: string;
    channel: string;
    sent: string | null;
  }>(
    `select recovery_cycle, attempt, message_status, channel, to_char(message_sent_at at time zone 'UTC', 'DD') as sent
     from student_recovery_messages where student_id = $1 order by recovery_cycle, attempt`,
    [student.id],
  );
const told = async (person: Person, template: string) =>
  (
    await academy.rows(
      `select from notifications where user_id = $1 and template_key = $2 and payload ->> 'link' = $3`,
      [person.id, template, `student/${student.id}`],
    )
  ).length;

describe('the cycle of workflows 2.5', () => {
  test('three mails, the team after two weeks, given up after thirty days', async () => {
    expect(await morning(2)).toMatchObject({ students_checked: 1, newly_inactive: 0 });
    expect(await morning(3)).toMatchObject({ newly_inactive: 1, sent: 1 });
    await mornings(4, 16);
    expect(await messages()).toEqual([
      { recovery_cycle: 1, attempt: 1, message_status: 'sent', channel: 'email', sent: '04' },
      { recovery_cycle: 1, attempt: 2, message_status: 'sent', channel: 'email', sent: '09' },
      { recovery_cycle: 1, attempt: 3, message_status: 'sent', channel: 'email', sent: '14' },
    ]);
    expect(await told(mentor, 'recovery_escalation')).toBe(0);
    await mornings(17, 18);
    expect([await told(mentor, 'recovery_escalation'), await told(admin, 'recovery_escalation')]).toEqual([1, 1]);
    await mornings(28, 29);
    expect(await academy.rows('select churned_at from students where id = $1', [student.id])).toEqual([
      { churned_at: null },
    ]);
    expect(await morning(30)).toMatchObject({ churned: 1 });
    expect((await messages()).map(({ message_status }) => message_status)).toEqual(['churned', 'churned', 'churned']);
    expect(await told(admin, 'student_churned')).toBe(1);
    await active(31);
    expect(await morning(32)).toMatchObject({ recovered: 1 });
    expect(await academy.rows('select churned_at from students where id = $1', [student.id])).toEqual([
      { churned_at: null },
    ]);
  });

  test('back on day 10 is a success', async () => {
    await mornings(3, 10);
    await active(10);
    await morning(11);
    expect(
      await academy.rows(
        'select recovery_successful, close_cause from student_recovery_messages where student_id = $1',
        [student.id],
      ),
    ).toEqual(Array(2).fill({ recovery_successful: true, close_cause: 'activity' }));
  });

  test('work of day 2 that arrives on day 9 shows that the message was a mistake', async () => {
    await mornings(3, 8);
    await active(2);
    expect(await morning(9)).toMatchObject({ recovered: 1 });
    expect(
      await academy.rows(
        'select distinct recovery_successful, close_cause from student_recovery_messages where student_id = $1',
        [student.id],
      ),
    ).toEqual([{ recovery_successful: null, close_cause: 'offline_activity' }]);
    await morning(10);
    expect((await messages()).at(-1)).toMatchObject({ recovery_cycle: 2, attempt: 1 });
  });
});

describe('a run', () => {
  test('twice a day writes once, and the day has one line', async () => {
    await morning(3);
    await morning(3);
    expect(await messages()).toHaveLength(1);
    expect(await academy.rows('select check_date, sent, newly_inactive from student_recovery_checks')).toEqual([
      { check_date: '2027-03-04', sent: 1, newly_inactive: 1 },
    ]);
  });

  test('goes by WhatsApp to who asked for it, and by mail where that fails for good', async () => {
    await academy.rows(`update users set phone = '+92300' || $2 where id = $1`, [
      student.id,
      String(Math.floor(Math.random() * 8999999) + 1000000),
    ]);
    await academy.rows('insert into notification_settings (user_id, whatsapp_opt_in) values ($1, true)', [student.id]);
    academy.clock.set(day(3));
    await checkRecovery(academy.deps, { only: null, dryRun: false, actor: null });
    expect(await messages()).toMatchObject([{ channel: 'whatsapp', message_status: 'pending' }]);
    await academy.rows("update whatsapp_queue set status = 'failed' where user_id = $1", [student.id]);
    academy.clock.set(day(4));
    await checkRecovery(academy.deps, { only: null, dryRun: false, actor: null });
    expect(await messages()).toMatchObject([{ channel: 'email', message_status: 'pending' }]);
    await deliver();
    await morning(5);
    expect(await messages()).toMatchObject([{ channel: 'email', message_status: 'sent' }]);
  });

  test('leaves alone who opted out or is suspended, and cancels what was begun', async () => {
    await morning(3);
    await morning(4);
    await academy.rows('update students set recovery_opt_out = true where id = $1', [student.id]);
    await morning(8);
    expect(await messages()).toMatchObject([{ message_status: 'cancelled' }]);
    await mornings(9, 12);
    expect(await messages()).toHaveLength(1);
  });

  test('two cycles are never open at once, also not for the server', async () => {
    await morning(3);
    await expect(
      academy.rows(
        'insert into student_recovery_messages (student_id, recovery_cycle, days_inactive) values ($1, 2, 9)',
        [student.id],
      ),
    ).rejects.toThrow('another recovery cycle');
  });
});

describe('by hand', () => {
  test('staff run it, also without doing anything', async () => {
    academy.clock.set(day(3));
    const run = (actor: Person, input: Record<string, unknown> = {}) =>
      callCommand(academy, actor, runRecoveryCheck, input);
    expect(await run(admin, { dry_run: true })).toMatchObject({ newly_inactive: 1 });
    expect(await messages()).toEqual([]);
    expect(await run(admin, { student_ids: [student.id] })).toMatchObject({ students_checked: 1, sent: 1 });
    for (const person of [student, mentor]) expect(await codeOf(run(person))).toBe('PERMISSION_DENIED');
  });

  test('staff stop a cycle, but not one that has ended', async () => {
    await morning(3);
    const [row] = await academy.rows<{ id: string }>('select id from student_recovery_messages where student_id = $1', [
      student.id,
    ]);
    const update = (actor: Person) =>
      callCommand(academy, actor, updateRecoveryStatus, {
        recovery_id: row!.id,
        status: 'cancelled',
        note: 'Called him',
      });
    expect(await codeOf(update(mentor))).toBe('PERMISSION_DENIED');
    await update(admin);
    expect(await messages()).toMatchObject([{ message_status: 'cancelled' }]);
    expect(await codeOf(update(admin))).toBe('CONFLICT');
  });
});
