import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { coverCourse, createPerson, type Person } from '../../testing/people.ts';
import {
  createChain,
  handIn,
  openAcademy,
  outcome,
  review,
  watch,
  type Academy,
  type Chain,
} from '../../testing/academy.ts';

let academy: Academy;
let chain: Chain;
let work: string;
beforeAll(async () => {
  academy = await openAcademy();
});
afterAll(() => academy.database.drop());
beforeEach(async () => {
  chain = await createChain(academy);
  const given = handIn(chain.student.id, chain.a1, now());
  await academy.push(chain.student, [given]);
  work = given.id!;
});

const now = () => academy.clock.now().toISOString();
const decide = async (person: Person, decision: string, more: Record<string, unknown> = {}): Promise<string> =>
  outcome((await academy.push(person, [review(person.id, work, decision, now(), more)]))[0]);
const status = async () =>
  (
    await academy.rows<{ status: string; notes: string | null; reviewed_by: string | null }>(
      'select status, notes, reviewed_by from submissions where id = $1',
      [work],
    )
  )[0]!;
const second = async () =>
  (
    await academy.rows<{ is_unlocked: boolean; reason: string }>(
      'select is_unlocked, reason from user_unlocks where user_id = $1 and lesson_id = $2',
      [chain.student.id, chain.lessons[1]],
    )
  )[0]!;

describe('who may decide', () => {
  test('a student cannot approve its own work', async () => {
    expect(await decide(chain.student, 'approved')).toBe('not_allowed');
    const [forged] = await academy.push(chain.student, [
      { type: 'submissions', id: work, base: work, set: { status: 'approved', withdraw_requested_at: null } },
    ]);
    expect(forged).toMatchObject({ doc: { status: 'pending' } });
    expect(await status()).toMatchObject({ status: 'pending' });
  });

  test('a student cannot approve in the mentor’s name', async () => {
    expect(outcome((await academy.push(chain.student, [review(chain.mentor.id, work, 'approved', now())]))[0])).toBe(
      'not_allowed',
    );
  });

  test('a mentor out of scope cannot review, and learns nothing', async () => {
    const stranger = await createPerson(academy.database.server, 'mentor');
    const [verdict] = await academy.push(stranger, [review(stranger.id, work, 'approved', now())]);
    expect(outcome(verdict)).toBe('not_allowed');
    expect(JSON.stringify(verdict)).not.toContain('My answer');
    expect(await second()).toMatchObject({ is_unlocked: false });
  });

  test('an enrolment manager cannot review', async () => {
    expect(await decide(await createPerson(academy.database.server, 'enrollment_manager'), 'approved')).toBe(
      'not_allowed',
    );
  });

  test('a mentor of the course and an admin can', async () => {
    const other = await createPerson(academy.database.server, 'mentor');
    await coverCourse(academy.database.server, other.id, chain.course);
    expect(await decide(other, 'comment', { notes: 'Looks fine to me' })).toBe('ok');
    expect(await decide(await createPerson(academy.database.server, 'admin'), 'approved')).toBe('ok');
  });
});

describe('an approval', () => {
  test('opens the next lesson, tells the student, queues mail, and leaves a trail: all in one transaction', async () => {
    expect(await decide(chain.mentor, 'approved', { notes: 'Clear and short', score: 90 })).toBe('ok');
    expect(await second()).toEqual({ is_unlocked: true, reason: 'requirements_met' });
    expect(await status()).toEqual({ status: 'approved', notes: 'Clear and short', reviewed_by: chain.mentor.id });
    const told = await academy.rows(
      `select title, body, payload ->> 'link' as link from notifications where user_id = $1 order by title`,
      [chain.student.id],
    );
    expect(told).toEqual([
      { title: 'Plan is approved', body: 'Bilal approved your work. Clear and short', link: `assignment/${chain.a1}` },
      { title: 'Second is open', body: 'You can watch it now.', link: `lesson/${chain.lessons[1]}` },
    ]);
    expect(
      await academy.rows('select template_key, recipient_email, subject, status from email_queue where user_id = $1', [
        chain.student.id,
      ]),
    ).toEqual([
      {
        template_key: 'assignment_reviewed',
        recipient_email: chain.student.email,
        subject: 'Plan is approved',
        status: 'pending',
      },
    ]);
    expect(await academy.rows('select from whatsapp_queue where user_id = $1', [chain.student.id])).toEqual([]);
    const audit = await academy.rows(
      "select performed_by, target_user_id, data -> 'after' as after from admin_logs where entity_id = $1 and action = 'assignment_approved'",
      [work],
    );
    expect(audit).toEqual([
      { performed_by: chain.mentor.id, target_user_id: chain.student.id, after: { status: 'approved' } },
    ]);
    expect(
      await academy.rows('select reviewer_name, outcome from submission_reviews where submission_id = $1', [work]),
    ).toEqual([{ reviewer_name: 'Bilal', outcome: 'applied' }]);
  });

  test('goes out by WhatsApp only to somebody who asked for that', async () => {
    await academy.rows("update users set phone = '+923001234567' where id = $1", [chain.student.id]);
    await academy.rows('insert into notification_settings (user_id, whatsapp_opt_in) values ($1, true)', [
      chain.student.id,
    ]);
    await decide(chain.mentor, 'approved');
    expect(
      await academy.rows('select template_key, to_phone from whatsapp_queue where user_id = $1', [chain.student.id]),
    ).toEqual([{ template_key: 'submission_approved', to_phone: '+923001234567' }]);
    await academy.rows('update users set phone = null where id = $1', [chain.student.id]);
  });

  test('says nothing the student has muted', async () => {
    await academy.rows('insert into notification_settings (user_id, mutes) values ($1, $2)', [
      chain.student.id,
      { assignment_reviewed: ['in_app', 'email'] },
    ]);
    await decide(chain.mentor, 'approved');
    expect(await academy.rows('select template_key from notifications where user_id = $1', [chain.student.id])).toEqual(
      [{ template_key: 'content_unlocked' }],
    );
    expect(await academy.rows('select from email_queue where user_id = $1', [chain.student.id])).toEqual([]);
  });

  test('that fails half-way leaves nothing behind', async () => {
    await academy.rows(
      `create function refuse_mail() returns trigger language plpgsql as $$ begin raise exception 'no mail today'; end $$`,
    );
    await academy.rows(
      'create trigger refuse_mail before insert on email_queue for each row execute function refuse_mail()',
    );
    try {
      academy.deps.log.level = 'silent';
      expect(await decide(chain.mentor, 'approved')).toBe('unknown');
    } finally {
      academy.deps.log.level = 'error';
      await academy.rows('drop trigger refuse_mail on email_queue');
      await academy.rows('drop function refuse_mail()');
    }
    expect(await status()).toEqual({ status: 'pending', notes: null, reviewed_by: null });
    expect(await second()).toMatchObject({ is_unlocked: false });
    for (const table of [
      'submission_reviews where submission_id',
      'notifications where user_id',
      'admin_logs where performed_by',
    ]) {
      const values = [
        table.startsWith('submission') ? work : table.startsWith('notif') ? chain.student.id : chain.mentor.id,
      ];
      expect(await academy.rows(`select from ${table} = $1`, values)).toEqual([]);
    }
    expect(await decide(chain.mentor, 'approved')).toBe('ok');
  });
});

test('a decline needs words, and they reach the student', async () => {
  expect(await decide(chain.mentor, 'declined', { notes: ' ' })).toBe('invalid');
  expect(await decide(chain.mentor, 'declined', { notes: 'Name your buyer' })).toBe('ok');
  expect(await academy.rows('select title, body from notifications where user_id = $1', [chain.student.id])).toEqual([
    { title: 'Plan needs changes', body: 'Bilal wrote: Name your buyer' },
  ]);
});

describe('two reviewers', () => {
  let other: Person;
  beforeEach(async () => {
    other = await createPerson(academy.database.server, 'mentor', { full_name: 'Hina' });
    await coverCourse(academy.database.server, other.id, chain.course);
  });

  test('the race of workflows 2.5: approved offline, declined online, then synced: the decline stands', async () => {
    const approvedOffline = review(chain.mentor.id, work, 'approved', now());
    academy.clock.pass(5);
    expect(await decide(other, 'declined', { notes: 'Show your sums' })).toBe('ok');
    academy.clock.pass(25);
    const [late] = await academy.push(chain.mentor, [approvedOffline]);
    expect(late).toMatchObject({ s: 'refused', code: 'already_reviewed' });
    expect(await status()).toEqual({ status: 'declined', notes: 'Show your sums', reviewed_by: other.id });
    const [seen] = await academy.push(chain.mentor, [
      review(chain.mentor.id, work, 'comment', now(), { notes: 'I would have taken it' }),
    ]);
    expect(outcome(seen)).toBe('ok');
  });

  test('who decide at the same moment: one decision, one refusal', async () => {
    const both = [chain.mentor, other].map((person) =>
      academy.push(person, [review(person.id, work, 'approved', now())]),
    );
    expect((await Promise.all(both)).flat().map(outcome).toSorted()).toEqual(['already_reviewed', 'ok']);
    expect(
      await academy.rows("select from notifications where user_id = $1 and template_key = 'assignment_reviewed'", [
        chain.student.id,
      ]),
    ).toHaveLength(1);
  });
});

describe('taking it back', () => {
  test('the reviewer may reopen within 15 minutes, and the next lesson locks again', async () => {
    await decide(chain.mentor, 'approved');
    academy.clock.pass(14);
    expect(await decide(chain.mentor, 'reopened', { notes: null })).toBe('ok');
    expect(await status()).toEqual({ status: 'pending', notes: null, reviewed_by: null });
    expect(await second()).toEqual({ is_unlocked: false, reason: 'previous_assignment_not_approved' });
  });

  test('not later, not somebody else, and not once the next lesson was watched', async () => {
    await decide(chain.mentor, 'approved');
    const other = await createPerson(academy.database.server, 'mentor');
    await coverCourse(academy.database.server, other.id, chain.course);
    expect(await decide(other, 'reopened', { notes: null })).toBe('not_allowed');
    academy.clock.pass(16);
    expect(await decide(chain.mentor, 'reopened', { notes: null })).toBe('stale');
    await academy.push(chain.student, [watch(chain.student.id, chain.lessons[1]!, now())]);
    expect(await decide(await createPerson(academy.database.server, 'admin'), 'declined')).toBe('stale');
  });

  test('an admin may revoke an approval any time', async () => {
    await decide(chain.mentor, 'approved');
    academy.clock.pass(24 * 60);
    const admin = await createPerson(academy.database.server, 'admin');
    expect(await decide(admin, 'declined', { notes: 'Copied from another student' })).toBe('ok');
    expect(await status()).toEqual({ status: 'declined', notes: 'Copied from another student', reviewed_by: admin.id });
    expect(await second()).toEqual({ is_unlocked: false, reason: 'previous_assignment_declined' });
  });
});

test('a review of a version that is no longer the latest is stale', async () => {
  await decide(chain.mentor, 'declined');
  await academy.push(chain.student, [
    handIn(chain.student.id, chain.a1, now(), { based_on: { version: 1, status: 'declined' } }),
  ]);
  expect(await decide(chain.mentor, 'approved')).toBe('stale');
});

test('watching and approving at the same moment never leaves the next lesson shut', async () => {
  for (let round = 0; round < 5; round++) {
    const fresh = await createChain(academy);
    const given = handIn(fresh.student.id, fresh.a1, now());
    await academy.push(fresh.student, [given]);
    // The lesson counts as watched by the work; take that back so that both halves really arrive together.
    await academy.rows('delete from recording_views where user_id = $1', [fresh.student.id]);
    academy.clock.pass(5);
    await Promise.all([
      academy.push(fresh.student, [watch(fresh.student.id, fresh.lessons[0]!, now())]),
      academy.push(fresh.mentor, [review(fresh.mentor.id, given.id!, 'approved', now())]),
    ]);
    expect(
      await academy.rows('select is_unlocked from user_unlocks where user_id = $1 and lesson_id = $2', [
        fresh.student.id,
        fresh.lessons[1],
      ]),
    ).toEqual([{ is_unlocked: true }]);
  }
});

describe('work that comes in between', () => {
  test('an attempt entered by hand while a review is being carried out makes it stale, and leaves nothing of it', async () => {
    const { server } = academy.database;
    const [{ assignment_id: assignment }] = (await academy.rows<{ assignment_id: string }>(
      'select assignment_id from submissions where id = $1',
      [work],
    )) as [{ assignment_id: string }];
    // The review, judged already, waits to be written: it names its reviewer, and that row is held here.
    const holder = await server.connect();
    await holder.query('begin');
    await holder.query('select from users where id = $1 for update', [chain.mentor.id]);
    const judged = decide(chain.mentor, 'approved');
    await vi.waitFor(async () => {
      const waiting = await academy.rows(
        'select from pg_locks where not granted and pid in (select pid from pg_stat_activity where datname = current_database())',
      );
      expect(waiting).toHaveLength(1);
    });
    await server.query(
      `insert into submissions (student_id, assignment_id, version, content, client_submitted_at, status)
       values ($1, $2, 2, 'By hand', now(), 'withdrawn')`,
      [chain.student.id, assignment],
    );
    await holder.query('commit');
    holder.release();
    expect(await judged).toBe('stale');
    expect(await status()).toMatchObject({ status: 'pending', reviewed_by: null });
    expect(await academy.rows('select from submission_reviews where submission_id = $1', [work])).toEqual([]);
  });
});
