import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { asActor } from '../../db/as-actor.ts';
import { openAcademy, type Academy } from '../../testing/academy.ts';
import { join, openDesk, outcomes, type Desk } from '../../testing/desk.ts';
import { callCommand, codeOf } from '../../testing/office.ts';
import { coverCourse, createBatch, createDevice, enrol, type Person } from '../../testing/people.ts';
import { watchSessions } from './live-sessions.job.ts';
import { cancelSession, createSession, deleteSession, publishSession, updateSession } from './plan-session.ts';
import { previewSessionVisibility, revealSessionHost } from './read-session.ts';

let academy: Academy;
let desk: Desk;
let serial = 0;
beforeAll(async () => {
  academy = await openAcademy();
});
afterAll(() => academy.database.drop());
beforeEach(async () => {
  academy.clock.set('2027-03-01T08:00:00.000Z');
  desk = await openDesk(academy);
});

const plan = (more: Record<string, unknown> = {}) => ({
  title: 'Questions and answers',
  start_time: '2027-03-01T10:00:00.000Z',
  end_time: '2027-03-01T11:00:00.000Z',
  link: `https://meet.example/${++serial}`,
  audience: 'course' as const,
  course_id: desk.course,
  status: 'upcoming' as const,
  mentor_id: desk.mentor.id,
  ...more,
});
const schedule = async (more: Record<string, unknown> = {}, actor: Person = desk.admin) =>
  (await callCommand(academy, actor, createSession, plan(more) as never)).id;
const seen = async (person: Person, columns = 'id, status') =>
  asActor(academy.database.people, person, async (tx) => {
    const source = person.role === 'student' ? 'seen_success_sessions' : 'success_sessions';
    return (await tx.query(`select ${columns} from ${source} order by start_time`)).rows;
  });
const send = async (person: Person, ...writes: Parameters<Academy['push']>[1]) =>
  outcomes(await academy.push(person, writes));
const attended = (session: string) =>
  academy.rows('select student_id, attended_at, method, is_flagged from session_attendance where session_id = $1', [
    session,
  ]);

describe('planning', () => {
  test('a draft is the team’s own; published it is told to its audience and its host', async () => {
    const id = await schedule({ status: 'draft' });
    expect(await seen(desk.student)).toEqual([]);
    expect(await seen(desk.mentor)).toEqual([{ id, status: 'draft' }]);
    await callCommand(academy, desk.admin, publishSession, { session_id: id });
    expect(await seen(desk.student)).toEqual([{ id, status: 'upcoming' }]);
    expect(await seen(desk.other)).toEqual([]);
    const told = await academy.rows<{ user_id: string }>(
      `select user_id from notifications where template_key = 'success_session' and payload ->> 'link' = $1`,
      [`session/${id}`],
    );
    expect(told.map(({ user_id }) => user_id).toSorted()).toEqual([desk.student.id, desk.mentor.id].toSorted());
  });

  test('what cannot be is refused with its field', async () => {
    expect(await codeOf(schedule({ end_time: '2027-03-01T09:00:00.000Z' }))).toBe('INVALID_INPUT');
    expect(await codeOf(schedule({ link: null }))).toBe('INVALID_INPUT');
    expect(await codeOf(schedule({ link: 'http://meet.example/1' }))).toBe('INVALID_INPUT');
    expect(await codeOf(schedule({ course_id: null }))).toBe('INVALID_INPUT');
    expect(await codeOf(schedule({ audience: 'batches' }))).toBe('INVALID_INPUT');
    expect(await codeOf(schedule({ start_time: '2027-03-01T07:00:00.000Z' }))).toBe('INVALID_INPUT');
    expect(await codeOf(schedule({ mentor_id: desk.student.id }))).toBe('INVALID_INPUT');
    const link = 'https://meet.example/the-same';
    await schedule({ link });
    expect(await codeOf(schedule({ link }))).toBe('CONFLICT same_link_and_time');
  });

  test('a mentor plans what he hosts, for courses and batches he covers', async () => {
    expect(await codeOf(schedule({}, desk.mentor))).toBe('PERMISSION_DENIED');
    await coverCourse(academy.database.server, desk.mentor.id, desk.course);
    const own = await schedule({}, desk.mentor);
    expect(await codeOf(schedule({ audience: 'all', course_id: null }, desk.mentor))).toBe('PERMISSION_DENIED');
    expect(await codeOf(schedule({ mentor_id: desk.stranger.id }, desk.mentor))).toBe('PERMISSION_DENIED');
    const batch = await createBatch(academy.database.server, { course_id: desk.course });
    const foreign = await createBatch(academy.database.server);
    const forBatches = (batch_ids: string[]) =>
      schedule({ audience: 'batches', course_id: null, batch_ids }, desk.mentor);
    await forBatches([batch]);
    expect(await codeOf(forBatches([batch, foreign]))).toBe('PERMISSION_DENIED');
    const theirs = await schedule({ mentor_id: desk.stranger.id });
    const move = (session_id: string) =>
      callCommand(academy, desk.mentor, updateSession, { session_id, title: 'Moved' });
    expect(await codeOf(move(theirs))).toBe('NOT_FOUND');
    expect(await move(own)).toMatchObject({ id: own });
  });

  test('students and enrolment managers plan nothing', async () => {
    const id = await schedule();
    for (const actor of [desk.student, desk.manager]) {
      expect(await codeOf(schedule({}, actor))).toBe('PERMISSION_DENIED');
      expect(await codeOf(callCommand(academy, actor, publishSession, { session_id: id }))).toBe('PERMISSION_DENIED');
      const gone = callCommand(academy, actor, cancelSession, { session_id: id, reason: 'No' });
      expect(await codeOf(gone)).toBe('PERMISSION_DENIED');
      expect(await codeOf(callCommand(academy, actor, revealSessionHost, { session_id: id }))).toBe(
        'PERMISSION_DENIED',
      );
    }
  });

  test('cancelled it stays, with its reason; what is over is not called off', async () => {
    const id = await schedule();
    await callCommand(academy, desk.admin, cancelSession, { session_id: id, reason: 'The host is ill' });
    expect(await seen(desk.student, 'status, cancel_reason')).toEqual([
      { status: 'cancelled', cancel_reason: 'The host is ill' },
    ]);
    const again = callCommand(academy, desk.admin, cancelSession, { session_id: id, reason: 'Twice' });
    expect(await codeOf(again)).toBe('CONFLICT');
    await callCommand(academy, desk.admin, publishSession, { session_id: id });
    expect(await seen(desk.student, 'status, cancel_reason')).toEqual([{ status: 'upcoming', cancel_reason: null }]);
  });
});

describe('drafts', () => {
  test('are deleted, what was published is not', async () => {
    const remove = (session_id: string, actor = desk.admin) =>
      callCommand(academy, actor, deleteSession, { session_id });
    const draft = await schedule({ status: 'draft' });
    expect(await codeOf(remove(draft, desk.stranger))).toBe('NOT_FOUND');
    expect(await codeOf(remove(draft, desk.student))).toBe('PERMISSION_DENIED');
    expect(await codeOf(remove(draft))).toBe('done');
    expect(await seen(desk.mentor)).toEqual([]);
    expect(await codeOf(remove(await schedule()))).toBe('CONFLICT');
  });
});

describe('by the clock', () => {
  const run = () => watchSessions.run({}, academy.deps);
  const reminded = async (person: Person) =>
    (
      await academy.rows<{ title: string }>(
        "select title from notifications where user_id = $1 and template_key = 'session_reminder' order by id",
        [person.id],
      )
    ).map(({ title }) => title);

  test('a session begins and ends; one without an end after an hour', async () => {
    const id = await schedule({ end_time: null });
    const status = async () =>
      (await academy.rows('select status from success_sessions where id = $1', [id]))[0]!['status'];
    const after: unknown[] = [];
    for (const instant of ['09:59', '10:00', '10:59', '11:00']) {
      academy.clock.set(`2027-03-01T${instant}:00.000Z`);
      await run();
      after.push(await status());
    }
    expect(after).toEqual(['upcoming', 'live', 'live', 'completed']);
  });

  test('audience and host are reminded once at each step, a limited student never', async () => {
    await schedule();
    await academy.rows("update users set lms_status = 'suspended', lms_status_reason = 'overdue' where id = $1", [
      desk.student.id,
    ]);
    academy.clock.set('2027-03-01T09:00:00.000Z');
    await run();
    await run();
    academy.clock.set('2027-03-01T09:56:00.000Z');
    await run();
    const told = ['Questions and answers begins in an hour', 'Questions and answers begins now'];
    expect([await reminded(desk.mentor), await reminded(desk.student)]).toEqual([told, []]);
  });

  test('what comes too late is left out; a new time reminds anew', async () => {
    const id = await schedule();
    academy.clock.set('2027-03-01T09:20:00.000Z');
    await run();
    expect(await reminded(desk.student)).toEqual([]);
    academy.clock.set('2027-03-01T09:56:00.000Z');
    await run();
    const later = { session_id: id, start_time: '2027-03-01T10:58:00.000Z', end_time: null };
    await callCommand(academy, desk.admin, updateSession, later);
    academy.clock.set('2027-03-01T10:00:00.000Z');
    await run();
    expect(await reminded(desk.student)).toEqual([
      'Questions and answers begins now',
      'Questions and answers begins in an hour',
    ]);
  });
});

describe('who sees it', () => {
  test('a limited student sees the session and no way in, until the limit is lifted', async () => {
    await schedule();
    const link = async () => (await seen(desk.student, 'title, link')) as { link: string | null }[];
    expect((await link())[0]!.link).toMatch(/^https/);
    await academy.rows("update users set lms_status = 'suspended', lms_status_reason = 'overdue' where id = $1", [
      desk.student.id,
    ]);
    expect(await link()).toEqual([{ title: 'Questions and answers', link: null }]);
    await expect(
      asActor(academy.database.people, desk.student, (tx) => tx.query('select link from success_sessions')),
    ).rejects.toThrow(/permission denied/);
    await academy.rows("update users set lms_status = 'active', lms_status_reason = null where id = $1", [
      desk.student.id,
    ]);
    expect((await link())[0]!.link).toMatch(/^https/);
  });

  test('is what the preview says, for every kind of audience', async () => {
    const { server } = academy.database;
    const batch = await createBatch(server, { name: 'Batch 1' });
    await enrol(server, desk.other.id, { course_id: desk.course }, { batch_id: batch, enrolled_at: '2027-01-01' });
    const preview = async (given: Record<string, unknown>) =>
      (
        await callCommand(academy, desk.admin, previewSessionVisibility, {
          start_time: '2027-03-01T10:00:00.000Z',
          course_id: desk.course,
          ...given,
        } as never)
      ).students.map(({ full_name }) => full_name);
    const mine = (names: string[]) => names.filter((name) => ['Ayesha', 'Zain'].includes(name));
    expect(mine(await preview({ audience: 'course' }))).toEqual(['Ayesha', 'Zain']);
    expect(mine(await preview({ audience: 'batches', batch_ids: [batch] }))).toEqual(['Zain']);
    expect(mine(await preview({ audience: 'unbatched' }))).toEqual(['Ayesha']);
    expect(mine(await preview({ audience: 'unbatched', start_time: '2027-02-01T10:00:00.000Z' }))).toEqual([]);
    const id = await schedule({ audience: 'batches', batch_ids: [batch] });
    expect(await seen(desk.student)).toEqual([]);
    expect(await seen(desk.other)).toEqual([{ id, status: 'upcoming' }]);
    await academy.rows('update course_enrollments set batch_id = null where student_id = $1', [desk.other.id]);
    expect(await seen(desk.other)).toEqual([]);
  });

  test('the host’s sign-in is nobody’s by SQL, sealed at rest, and shown to the host on record', async () => {
    const id = await schedule({ host_login_email: 'host@falcon.academy', host_login_secret: 'two blue kites' });
    const [row] = await academy.rows<{ host_login_secret: Buffer }>(
      'select host_login_secret from success_sessions where id = $1',
      [id],
    );
    expect(row!.host_login_secret.toString('latin1')).not.toContain('kites');
    for (const person of [desk.student, desk.mentor, desk.admin, desk.superadmin])
      await expect(
        asActor(academy.database.people, person, (tx) => tx.query('select host_login_email from success_sessions')),
      ).rejects.toThrow(/permission denied/);
    expect(await callCommand(academy, desk.mentor, revealSessionHost, { session_id: id })).toEqual({
      host_login_email: 'host@falcon.academy',
      host_login_secret: 'two blue kites',
    });
    expect(await codeOf(callCommand(academy, desk.stranger, revealSessionHost, { session_id: id }))).toBe('NOT_FOUND');
    const trail = await academy.rows<{ action: string; data: object }>(
      "select action, data from admin_logs where entity_id = $1 and action = 'session_host_revealed'",
      [id],
    );
    expect(trail).toHaveLength(1);
    expect(JSON.stringify(await academy.rows('select data from admin_logs where entity_id = $1', [id]))).not.toContain(
      'kites',
    );
  });
});

describe('joining', () => {
  const at = (instant: string) => academy.clock.set(`2027-03-01T${instant}:00.000Z`);

  test('counts from five minutes before the start until the end, once', async () => {
    const id = await schedule();
    const joinNow = () =>
      send(desk.student, join(desk.student, id, { client_attended_at: academy.clock.now().toISOString() }));
    at('09:54');
    expect(await joinNow()).toEqual(['locked']);
    at('09:56');
    expect(await joinNow()).toEqual(['ok']);
    at('10:20');
    expect(await joinNow()).toEqual(['ok']);
    expect(await attended(id)).toEqual([
      { student_id: desk.student.id, attended_at: '2027-03-01T09:56:00.000Z', method: 'join', is_flagged: false },
    ]);
  });

  test('without an end an hour counts', async () => {
    const id = await schedule({ end_time: null });
    at('11:00');
    expect(await send(desk.student, join(desk.student, id))).toEqual(['closed']);
    at('10:59');
    expect(await send(desk.student, join(desk.student, id))).toEqual(['ok']);
  });

  test('told after the end it counts by the device’s time where that is believed, flagged', async () => {
    const id = await schedule();
    const device = await createDevice(academy.database.server, desk.student.id, {
      last_sync_at: academy.clock.now().toISOString(),
    });
    at('15:00');
    const late = join(desk.student, id, { client_attended_at: '2027-03-01T10:10:00.000Z' });
    expect(await send(desk.student, late)).toEqual(['closed']);
    expect(outcomes(await academy.push(desk.student, [late], device))).toEqual(['ok']);
    expect(await attended(id)).toMatchObject([{ attended_at: '2027-03-01T10:10:00.000Z', is_flagged: true }]);
  });

  test('is for who the session is for, in the own name, and while learning is open', async () => {
    const id = await schedule();
    const draft = await schedule({ status: 'draft' });
    at('10:05');
    expect(await send(desk.other, join(desk.other, id))).toEqual(['not_allowed']);
    expect(await send(desk.student, join(desk.other, id))).toEqual(['not_allowed']);
    expect(await send(desk.student, join(desk.student, draft))).toEqual(['not_allowed']);
    expect(await send(desk.student, join(desk.student, id, { method: 'manual' }))).toEqual(['not_allowed']);
    await academy.rows("update users set lms_status = 'suspended', lms_status_reason = 'overdue' where id = $1", [
      desk.student.id,
    ]);
    expect(await send(desk.student, join(desk.student, id))).toEqual(['locked']);
    expect(await attended(id)).toEqual([]);
  });

  test('the host marks by hand, others do not', async () => {
    const id = await schedule();
    const mark = join(desk.student, id, { method: 'manual' });
    expect(await send(desk.mentor, mark)).toEqual(['locked']);
    at('12:00');
    expect(await send(desk.stranger, mark)).toEqual(['not_allowed']);
    expect(await send(desk.manager, mark)).toEqual(['not_allowed']);
    expect(await send(desk.mentor, join(desk.other, id, { method: 'manual' }))).toEqual(['not_allowed']);
    expect(await send(desk.mentor, mark)).toEqual(['ok']);
    expect(await attended(id)).toMatchObject([{ method: 'manual', is_flagged: false }]);
  });

  test('what a device says about its own standing is ignored', async () => {
    const id = await schedule();
    at('10:05');
    const forged = join(desk.student, id, { attended_at: '2027-03-01T10:00:00.000Z', is_flagged: true });
    expect(await send(desk.student, forged)).toEqual(['ok']);
    expect(await attended(id)).toMatchObject([{ attended_at: '2027-03-01T10:05:00.000Z', is_flagged: false }]);
  });
});
