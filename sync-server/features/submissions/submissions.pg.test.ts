import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { Operation } from '#contract/protocol.ts';
import {
  createCourse,
  createDevice,
  createLesson,
  createModule,
  createAssignment,
  createPerson,
  enrol,
} from '../../testing/people.ts';
import { insertRow } from '../../seed/insert-rows.ts';
import { createChain, handIn, openAcademy, outcome, type Academy, type Chain } from '../../testing/academy.ts';

let academy: Academy;
let chain: Chain;
beforeAll(async () => {
  academy = await openAcademy();
});
afterAll(() => academy.database.drop());
beforeEach(async () => {
  academy.clock.set('2027-03-01T08:00:00.000Z');
  chain = await createChain(academy);
});

const now = () => academy.clock.now().toISOString();
const submit = async (more: Record<string, unknown> = {}, assignment = chain.a1): Promise<string> =>
  outcome((await academy.push(chain.student, [handIn(chain.student.id, assignment, now(), more)], chain.device))[0]);
const stored = (columns: string) =>
  academy.rows(`select ${columns} from submissions where student_id = $1 order by version`, [chain.student.id]);
const decide = (status: string) =>
  academy.rows('update submissions set status = $2, reviewed_at = now() where student_id = $1', [
    chain.student.id,
    status,
  ]);

describe('an accepted attempt', () => {
  test('is numbered, watched, told to the primary mentor, logged and audited', async () => {
    const id = uuidv7();
    const [verdict] = await academy.push(chain.student, [handIn(chain.student.id, chain.a1, now(), {}, id)]);
    expect(verdict).toMatchObject({ s: 'ok', doc: { id, version: 1, status: 'pending', is_late: false } });
    expect(await academy.rows('select watched from recording_views where user_id = $1', [chain.student.id])).toEqual([
      { watched: true },
    ]);
    expect(
      await academy.rows('select title, template_key, payload from notifications where user_id = $1', [
        chain.mentor.id,
      ]),
    ).toEqual([
      {
        title: 'Ayesha handed in Plan',
        template_key: 'assignment_submission',
        payload: { link: `review/${id}`, student_name: 'Ayesha', assignment: 'Plan', submission_id: id },
      },
    ]);
    const activity = await academy.rows('select activity_type from user_activity_logs where user_id = $1 order by 1', [
      chain.student.id,
    ]);
    expect(activity).toEqual([{ activity_type: 'assignment_submitted' }, { activity_type: 'video_watched' }]);
    expect(await academy.rows('select action, performed_by from admin_logs where entity_id = $1', [id])).toEqual([
      { action: 'assignment_submitted', performed_by: chain.student.id },
    ]);
  });

  test('sent twice is one attempt and one message', async () => {
    const work: Operation = {
      op: uuidv7(),
      base: null,
      client_at: now(),
      ...handIn(chain.student.id, chain.a1, now()),
      id: uuidv7(),
    };
    expect((await academy.push(chain.student, [work])).map(outcome)).toEqual(['ok']);
    expect((await academy.push(chain.student, [work])).map(outcome)).toEqual(['ok']);
    expect(await stored('version')).toEqual([{ version: 1 }]);
    expect(await academy.rows('select from notifications where user_id = $1', [chain.mentor.id])).toHaveLength(1);
  });

  test('keeps the columns that are the server’s, whatever the device says', async () => {
    const forged = {
      status: 'approved',
      version: 7,
      reviewed_by: chain.student.id,
      score: 100,
      is_late: false,
      assigned_to: null,
    };
    expect(await submit(forged)).toBe('ok');
    expect(await stored('status, version, reviewed_by, score')).toEqual([
      { status: 'pending', version: 1, reviewed_by: null, score: null },
    ]);
  });
});

describe('refused', () => {
  test('a student cannot hand in for a lesson that is locked', async () => {
    expect(await submit({}, chain.a3)).toBe('locked');
  });

  test('a student cannot hand in for somebody else', async () => {
    expect(await submit({ student_id: chain.mentor.id })).toBe('not_allowed');
  });

  test('a student cannot hand in work of a course he never enrolled in', async () => {
    const { server } = academy.database;
    const lesson = await createLesson(server, await createModule(server, await createCourse(server)));
    expect(await submit({}, await createAssignment(server, lesson))).toBe('not_allowed');
  });

  test('a mentor hands nothing in', async () => {
    const [verdict] = await academy.push(chain.mentor, [handIn(chain.mentor.id, chain.a1, now())]);
    expect(outcome(verdict)).toBe('not_allowed');
  });

  test('while one waits, and after one was approved', async () => {
    await submit();
    expect(await submit({ based_on: { version: 1, status: 'pending' } })).toBe('submission_open');
    await decide('approved');
    expect(await submit({ based_on: { version: 1, status: 'approved' } })).toBe('already_approved');
  });

  test('empty work, and work of another kind than asked for', async () => {
    expect(await submit({ content: '  ' })).toBe('invalid');
    expect(await submit({ content: null, links: ['https://example.com'] })).toBe('invalid');
    expect(await submit({ content: 'x', links: ['http://example.com'] })).toBe('invalid');
  });

  test('the refused text is kept for the student', async () => {
    await submit({ content: 'Written on the train' }, chain.a3);
    expect(
      await academy.rows("select code, pushed_doc ->> 'content' as text from sync_rejections where user_id = $1", [
        chain.student.id,
      ]),
    ).toEqual([{ code: 'locked', text: 'Written on the train' }]);
  });
});

describe('after a decline', () => {
  test('the next attempt has the next number, based on the decision seen', async () => {
    await submit();
    await decide('declined');
    expect(await submit({ based_on: { version: 1, status: 'pending' } })).toBe('already_reviewed');
    expect(await submit({ based_on: { version: 1, status: 'declined' } })).toBe('ok');
    expect(await stored('version, status')).toEqual([
      { version: 1, status: 'declined' },
      { version: 2, status: 'pending' },
    ]);
  });

  test('two devices at once make one attempt; the other is told', async () => {
    const pushes = [1, 2].map(() => academy.push(chain.student, [handIn(chain.student.id, chain.a1, now())]));
    const outcomes = (await Promise.all(pushes)).flat().map(outcome);
    expect(outcomes.toSorted()).toEqual(['ok', 'submission_open']);
  });
});

describe('files', () => {
  const addFile = (changes: Record<string, unknown> = {}) => {
    const id = uuidv7();
    return insertRow(academy.database.server, 'files', {
      id,
      bucket: 'assignment-submissions',
      owner_id: chain.student.id,
      path: `${chain.student.id}/${id}.pdf`,
      original_name: 'plan.pdf',
      mime: 'application/pdf',
      bytes: 2_000_000,
      sha256: 'a'.repeat(64),
      status: 'ready',
      ...changes,
    });
  };
  const submitFiles = async (...file_ids: string[]): Promise<string> => {
    await academy.rows("update assignments set submission_type = 'file' where id = $1", [chain.a1]);
    return submit({ content: null, file_ids });
  };

  test('work waits for files that are not here, or not whole', async () => {
    expect(await submitFiles(uuidv7())).toBe('wait files');
    expect(await submitFiles(await addFile({ status: 'uploading' }))).toBe('wait files');
    expect(await stored('id')).toEqual([]);
  });

  test('work is accepted with its files and ties them to itself', async () => {
    const file = await addFile();
    expect(await submitFiles(file)).toBe('ok');
    const [{ id }] = (await stored('id')) as [{ id: string }];
    expect(await academy.rows('select linked_table, linked_id from files where id = $1', [file])).toEqual([
      { linked_table: 'submissions', linked_id: id },
    ]);
  });

  test('too large, of a wrong kind, or found harmful', async () => {
    expect(await submitFiles(await addFile({ bytes: 26 * 1024 * 1024 }))).toBe('too_large');
    expect(await submitFiles(await addFile({ mime: 'text/html' }))).toBe('file_type');
    expect(await submitFiles(await addFile({ status: 'quarantined' }))).toBe('invalid');
  });

  test('another student’s file is not there', async () => {
    const other = await createPerson(academy.database.server, 'student');
    expect(await submitFiles(await addFile({ owner_id: other.id }))).toBe('wait files');
  });
});

describe('late work of workflows 2.5: due 5 March, last sync 1 March, submitted on the train on 4 March', () => {
  const submitted = '2027-03-04T15:00:00.000Z';
  const sendOn = async (instant: string, { pullsFirst }: { pullsFirst: boolean }) => {
    await academy.rows('update assignments set due_days = 4 where id = $1', [chain.a1]);
    const lastSync = chain.device;
    academy.clock.set(instant);
    if (pullsFirst) {
      await academy.rows('select server_touch_device($1, $2, $3, $4)', [
        academy.database.serverKey,
        chain.student.id,
        lastSync,
        now(),
      ]);
      academy.clock.pass(3);
    }
    const work = handIn(chain.student.id, chain.a1, submitted);
    expect((await academy.push(chain.student, [work], chain.device)).map(outcome)).toEqual(['ok']);
    return stored('is_late, client_submitted_at, submitted_at');
  };

  test.each([{ pullsFirst: false }, { pullsFirst: true }])(
    'sent 12 March is on time, both times kept (%o)',
    async (way) => {
      const rows = await sendOn('2027-03-12T10:00:00.000Z', way);
      expect(rows).toEqual([{ is_late: false, client_submitted_at: submitted, submitted_at: now() }]);
    },
  );

  test.each([{ pullsFirst: false }, { pullsFirst: true }])(
    'sent 20 March, beyond the lease, is late (%o)',
    async (way) => {
      expect(await sendOn('2027-03-20T10:00:00.000Z', way)).toMatchObject([{ is_late: true }]);
    },
  );

  test('a device that was in touch since cannot date its work back', async () => {
    await academy.rows('update devices set last_sync_at = $2 where id = $1', [
      chain.device,
      '2027-03-06T09:00:00.000Z',
    ]);
    await academy.rows('update devices set absent_from = null, absent_until = null where id = $1', [chain.device]);
    expect(await sendOn('2027-03-06T09:05:00.000Z', { pullsFirst: false })).toMatchObject([{ is_late: true }]);
  });

  test('another person’s device says nothing', async () => {
    const other = await createPerson(academy.database.server, 'student');
    const device = await createDevice(academy.database.server, other.id, { last_sync_at: '2027-03-01T08:00:00.000Z' });
    await academy.rows('update assignments set due_days = 4 where id = $1', [chain.a1]);
    academy.clock.set('2027-03-12T10:00:00.000Z');
    await academy.push(chain.student, [handIn(chain.student.id, chain.a1, submitted)], device);
    expect(await stored('is_late')).toEqual([{ is_late: true }]);
  });
});

describe('a restriction that began meanwhile', () => {
  const restrict = async (starts_at: string) => {
    await insertRow(academy.database.server, 'suspensions', { user_id: chain.student.id, cause: 'overdue', starts_at });
    await academy.rows("update users set lms_status = 'suspended', lms_status_reason = 'overdue' where id = $1", [
      chain.student.id,
    ]);
    await academy.settle(chain.student);
    expect(
      await academy.rows('select distinct reason from user_unlocks where user_id = $1', [chain.student.id]),
    ).toEqual([{ reason: 'account_restricted' }]);
  };
  const send = async (submitted: string) => {
    academy.clock.set('2027-03-05T08:00:00.000Z');
    await restrict('2027-03-03T00:00:00.000Z');
    return outcome(
      (await academy.push(chain.student, [handIn(chain.student.id, chain.a1, submitted)], chain.device))[0],
    );
  };

  test('does not refuse work handed in before it', async () => {
    expect(await send('2027-03-02T12:00:00.000Z')).toBe('ok');
  });

  test('refuses work handed in after it', async () => {
    expect(await send('2027-03-04T12:00:00.000Z')).toBe('locked');
  });
});

test('a student of two courses is not mixed up: work of an open lesson elsewhere is accepted', async () => {
  const { server } = academy.database;
  const course = await createCourse(server);
  const lesson = await createLesson(server, await createModule(server, course));
  await enrol(server, chain.student.id, { course_id: course });
  await academy.settle(chain.student);
  expect(await submit({}, await createAssignment(server, lesson))).toBe('ok');
});
