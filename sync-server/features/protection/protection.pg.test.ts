import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { createChain, openAcademy, outcome, type Academy, type Chain } from '../../testing/academy.ts';
import { createPerson, type Person } from '../../testing/people.ts';
import { hourlyLimits } from './protection.ts';

let academy: Academy;
let chain: Chain;
let student: Person;
beforeAll(async () => {
  academy = await openAcademy();
  // Rows are counted by the database's own clock.
  academy.clock.set(new Date().toISOString());
});
afterAll(() => academy.database.drop());
beforeEach(async () => {
  chain = await createChain(academy);
  student = chain.student;
});

const send = async (person: Person, type: 'security_signals' | 'video_access_events' | 'error_logs', set: object) =>
  outcome((await academy.push(person, [{ type, set: set as Record<string, unknown> }]))[0]);
const incidents = (person: Person) =>
  academy.rows('select signal, severity, action_taken from security_incidents where user_id = $1', [person.id]);

describe('a signal of a device', () => {
  const signal = (changes: object = {}) => ({ student_id: student.id, signal_type: 'screen_capture', ...changes });

  test('becomes a row and an incident to be judged, and nothing else happens to the student', async () => {
    expect(
      await send(
        student,
        'security_signals',
        signal({ video_id: chain.lessons[0], page_url: 'https://x.test/l?token=abc' }),
      ),
    ).toBe('ok');
    expect(await send(student, 'security_signals', signal())).toBe('ok');
    expect(
      await academy.rows(
        'select video_id, page_url, dismissed from security_signals where student_id = $1 order by id',
        [student.id],
      ),
    ).toEqual([
      { video_id: chain.lessons[0], page_url: 'https://x.test/l', dismissed: false },
      { video_id: null, page_url: null, dismissed: false },
    ]);
    expect(await incidents(student)).toEqual([{ signal: 'screen_capture', severity: 'high', action_taken: 'logged' }]);
    expect(await academy.rows('select status, lms_status from users where id = $1', [student.id])).toEqual([
      { status: 'active', lms_status: 'active' },
    ]);
  });

  test('is about the own person, of the listed kinds, and is not dismissed by its sender', async () => {
    expect(await send(chain.mentor, 'security_signals', signal())).toBe('not_allowed');
    expect(await send(student, 'security_signals', signal({ student_id: chain.mentor.id }))).toBe('not_allowed');
    expect(await send(student, 'security_signals', signal({ signal_type: 'telepathy' }))).toBe('invalid');
    expect(await send(student, 'security_signals', signal({ dismissed: true }))).toBe('ok');
    expect(await academy.rows('select dismissed from security_signals where student_id = $1', [student.id])).toEqual([
      { dismissed: false },
    ]);
  });

  test('names no lesson the student cannot see', async () => {
    const other = await createChain(academy);
    expect(await send(student, 'security_signals', signal({ video_id: other.lessons[0] }))).toBe('ok');
    expect(await academy.rows('select video_id from security_signals where student_id = $1', [student.id])).toEqual([
      { video_id: null },
    ]);
  });
});

describe('what the player tells', () => {
  const open = (lesson: string | null, event_type = 'open') =>
    send(student, 'video_access_events', { user_id: student.id, lesson_id: lesson, event_type });

  test('a lesson watched in peace is no incident', async () => {
    for (let at = 0; at < 7; at++) {
      expect(await open(chain.lessons[0]!)).toBe('ok');
      await open(chain.lessons[0]!, 'heartbeat');
    }
    expect(await incidents(student)).toEqual([]);
  });

  test('the eighth opening within twenty minutes is noted, once', async () => {
    for (let at = 0; at < 10; at++) {
      await open(chain.lessons[0]!);
      await open(null, 'heartbeat');
      await open(null, 'heartbeat');
    }
    expect(await incidents(student)).toEqual([
      { signal: 'bulk_download_pattern', severity: 'warning', action_taken: 'logged' },
    ]);
  });

  test('is one’s own; enrolment managers have no player', async () => {
    const manager = await createPerson(academy.database.server, 'enrollment_manager');
    expect(await send(manager, 'video_access_events', { user_id: manager.id, event_type: 'open' })).toBe('not_allowed');
    expect(await send(chain.mentor, 'video_access_events', { user_id: student.id, event_type: 'open' })).toBe(
      'not_allowed',
    );
    expect(await send(chain.mentor, 'video_access_events', { user_id: chain.mentor.id, event_type: 'open' })).toBe(
      'ok',
    );
  });
});

describe('a fault of an app', () => {
  const fault = (person: Person, changes: object = {}) => ({
    user_id: person.id,
    error_type: 'ui',
    error_message: 'Cannot read properties of undefined',
    ...changes,
  });

  test('is stored without its secrets', async () => {
    await send(
      student,
      'error_logs',
      fault(student, {
        error_message: 'GET /x failed: Bearer abcdefghij0123456789',
        error_details: { headers: { authorization: 'abcdefghij0123456789' }, status: 500 },
        stack_trace: 'at x (password=abcdefghij0123456789)',
        url: 'https://x.test/set-password?token=abcdefghij0123456789',
        user_agent: 'Mozilla/5.0',
      }),
    );
    const [row] = await academy.rows('select to_jsonb(e) as fault from error_logs e where user_id = $1', [student.id]);
    expect(JSON.stringify(row)).not.toContain('abcdefghij');
    expect(row).toMatchObject({
      fault: { error_details: { status: 500 }, url: 'https://x.test/set-password', severity: 'error', resolved: false },
    });
  });

  test.each(['student', 'mentor', 'enrollment_manager', 'admin', 'superadmin'] as const)(
    'is told by a %s about the own app only',
    async (role) => {
      const person = await createPerson(academy.database.server, role);
      expect(await send(person, 'error_logs', fault(person))).toBe('ok');
      expect(await send(person, 'error_logs', fault(student))).toBe('not_allowed');
      expect(await send(person, 'error_logs', { user_id: person.id })).toBe('invalid');
    },
  );

  test('that repeats itself without end is kept sixty times an hour', async () => {
    const flood = Array.from({ length: hourlyLimits.error_logs + 20 }, () => ({
      type: 'error_logs' as const,
      id: uuidv7(),
      set: fault(student),
    }));
    expect(new Set((await academy.push(student, flood)).map(outcome))).toEqual(new Set(['ok']));
    expect(await academy.rows('select count(*)::int as n from error_logs where user_id = $1', [student.id])).toEqual([
      { n: hourlyLimits.error_logs },
    ]);
  });
});
