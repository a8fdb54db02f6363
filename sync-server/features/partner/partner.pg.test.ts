import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { asActor } from '../../db/as-actor.ts';
import { openAcademy, type Academy } from '../../testing/academy.ts';
import { openDesk, type Desk } from '../../testing/desk.ts';
import { callCommand, codeOf } from '../../testing/office.ts';
import { readPartnerConversation, resetPartnerCredits, successPartnerCredits } from './credits.ts';
import { sweepQuestions } from './sweep-questions.job.ts';

let academy: Academy;
let desk: Desk;
beforeAll(async () => {
  academy = await openAcademy();
});
afterAll(() => academy.database.drop());
beforeEach(async () => {
  academy.clock.set('2027-03-01T08:00:00.000Z');
  desk = await openDesk(academy);
});

type Answer = { state: string; credits_used: number; daily_limit: number };
const take = async (question: string = randomUUID()): Promise<Answer> => {
  const { rows } = await academy.database.server.query<{ answer: Answer }>(
    'select server_take_partner_credit($1, $2, $3, $4, $5, $6) as answer',
    [academy.deps.serverKey, desk.student.id, question, randomUUID(), 'What next?', academy.clock.now()],
  );
  return rows[0]!.answer;
};
const giveBack = async (question: string) =>
  (
    await academy.rows<{ done: boolean }>('select server_return_partner_credit($1, $2, $3) as done', [
      academy.deps.serverKey,
      question,
      'upstream',
    ])
  )[0]!.done;
const ledger = () =>
  academy.rows('select kind, delta from success_partner_ledger where student_id = $1 order by created_at, id', [
    desk.student.id,
  ]);
const used = async () =>
  (
    await academy.rows<{ credits_used: number }>(
      'select credits_used from success_partner_credits where student_id = $1',
      [desk.student.id],
    )
  )[0]!.credits_used;

describe('a credit', () => {
  test('is taken with the question and its line in the ledger', async () => {
    const question = randomUUID();
    expect(await take(question)).toMatchObject({ state: 'taken', credits_used: 1, daily_limit: 10 });
    expect(await ledger()).toEqual([{ kind: 'spend', delta: 1 }]);
    expect(await take(question)).toMatchObject({ state: 'processing', credits_used: 1 });
    expect(await ledger()).toHaveLength(1);
  });

  test('limit 10, used 9, two devices at once: one gets it, the other none, used 10', async () => {
    for (let at = 0; at < 9; at++) await take();
    const states = (await Promise.all([take(), take()])).map(({ state }) => state);
    expect(states.toSorted()).toEqual(['none', 'taken']);
    expect(await used()).toBe(10);
    expect(
      await academy.rows('select from success_partner_messages where student_id = $1', [desk.student.id]),
    ).toHaveLength(10);
  });

  test('comes back once when the answer fails', async () => {
    const question = randomUUID();
    await take(question);
    expect([await giveBack(question), await giveBack(question)]).toEqual([true, false]);
    expect(await used()).toBe(0);
    expect(await ledger()).toEqual([
      { kind: 'spend', delta: 1 },
      { kind: 'refund', delta: -1 },
    ]);
    expect(await take(question)).toMatchObject({ state: 'failed', credits_used: 0 });
  });

  test('is not lost to a crash: five minutes later the question fails and the credit is back', async () => {
    await take();
    academy.clock.pass(4);
    await take();
    academy.clock.pass(2);
    await sweepQuestions.run({}, academy.deps);
    await sweepQuestions.run({}, academy.deps);
    expect(await used()).toBe(1);
    expect(
      await academy.rows(
        'select status, error_code from success_partner_messages where student_id = $1 order by sent_at',
        [desk.student.id],
      ),
    ).toEqual([
      { status: 'failed', error_code: 'interrupted' },
      { status: 'processing', error_code: null },
    ]);
  });

  test('of yesterday counts for yesterday: the day is UTC’s', async () => {
    academy.clock.set('2027-03-01T23:59:00.000Z');
    const late = randomUUID();
    await take(late);
    academy.clock.pass(2);
    expect(await take()).toMatchObject({ state: 'taken', credits_used: 1 });
    await giveBack(late);
    const days = await academy.rows(
      'select date, credits_used from success_partner_credits where student_id = $1 order by date',
      [desk.student.id],
    );
    expect(days).toEqual([
      { date: '2027-03-01', credits_used: 0 },
      { date: '2027-03-02', credits_used: 1 },
    ]);
  });

  test('another student’s question is not told apart by its credits', async () => {
    const question = randomUUID();
    await take(question);
    const student = desk.student;
    desk = { ...desk, student: desk.other };
    expect(await take(question)).toMatchObject({ state: 'foreign', credits_used: 0 });
    desk = { ...desk, student };
  });
});

describe('the commands', () => {
  test('tell a student what is left, made on first asking', async () => {
    expect(await callCommand(academy, desk.student, successPartnerCredits, {})).toEqual({
      date: '2027-03-01',
      credits_used: 0,
      daily_limit: 10,
      credits_remaining: 10,
      can_send: true,
      reset_at: '2027-03-02T00:00:00.000Z',
    });
  });

  test('give a day anew, tell who was waiting, and leave a trail', async () => {
    for (let at = 0; at < 10; at++) await take();
    const reset = { user_id: desk.student.id };
    expect(await callCommand(academy, desk.admin, resetPartnerCredits, reset)).toMatchObject({ credits_remaining: 10 });
    expect(await ledger()).toContainEqual({ kind: 'reset', delta: -10 });
    expect(await academy.rows('select template_key from notifications where user_id = $1', [desk.student.id])).toEqual([
      { template_key: 'sp_credits_reset' },
    ]);
    expect(await academy.rows('select action from admin_logs where target_user_id = $1', [desk.student.id])).toEqual([
      { action: 'sp_credits_reset' },
    ]);
  });

  test('set a lasting limit; what was used stays used', async () => {
    for (let at = 0; at < 3; at++) await take();
    const limit = (daily_limit: number | null) =>
      callCommand(academy, desk.admin, resetPartnerCredits, { user_id: desk.student.id, daily_limit });
    expect(await limit(1)).toMatchObject({ credits_used: 3, daily_limit: 3, can_send: false });
    academy.clock.pass(24 * 60);
    expect(await callCommand(academy, desk.student, successPartnerCredits, {})).toMatchObject({ daily_limit: 1 });
    expect(await limit(null)).toMatchObject({ daily_limit: 10 });
  });

  test('are for admins; unknown students are not found', async () => {
    for (const actor of [desk.student, desk.mentor, desk.manager]) {
      const reset = callCommand(academy, actor, resetPartnerCredits, { user_id: desk.student.id });
      expect(await codeOf(reset)).toBe('PERMISSION_DENIED');
    }
    expect(await codeOf(callCommand(academy, desk.admin, resetPartnerCredits, { user_id: desk.mentor.id }))).toBe(
      'NOT_FOUND',
    );
  });

  test('a student’s own limit is out of reach by SQL', async () => {
    await take();
    await expect(
      asActor(academy.database.people, desk.student, (tx) =>
        tx.query('update success_partner_credits set daily_limit = 200'),
      ),
    ).rejects.toThrow(/permission denied/);
  });

  test('a conversation is read by a superadmin with a reason, on record, and by nobody else of the team', async () => {
    await take();
    const read = (actor: Desk['student']) =>
      callCommand(academy, actor, readPartnerConversation, {
        user_id: desk.student.id,
        reason: 'Complaint of 1 March',
      });
    for (const actor of [desk.admin, desk.mentor, desk.other])
      expect(await codeOf(read(actor))).toBe('PERMISSION_DENIED');
    expect(await read(desk.superadmin)).toMatchObject({ messages: [{ role: 'user', content: 'What next?' }] });
    expect(
      await academy.rows('select action, description from admin_logs where target_user_id = $1', [desk.student.id]),
    ).toEqual([{ action: 'sp_conversation_read', description: 'Complaint of 1 March' }]);
    for (const actor of [desk.admin, desk.superadmin, desk.mentor])
      await expect(
        asActor(academy.database.people, actor, (tx) => tx.query('select content from success_partner_messages')),
      ).rejects.toThrow(/permission denied/);
  });
});
