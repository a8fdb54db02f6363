import { describe, expect, test } from 'vitest';
import { answer, ask, outcomes } from '../../testing/desk.ts';
import { callCommand } from '../../testing/office.ts';
import { asActor } from '../../db/as-actor.ts';
import { createDevice } from '../../testing/people.ts';
import { setTicketStatus } from './commands.ts';
import { openDeskForTests, academy, desk, send, stored, readBy, opened } from './tickets.fixture.ts';

openDeskForTests();

const change = (id: string, set: Record<string, unknown>, v: string, client_at?: string) => ({
  type: 'support_tickets' as const,
  id,
  base: v,
  set,
  ...(client_at ? { client_at } : {}),
});

describe('opening', () => {
  test('gives a number, a time to answer in, and tells the staff', async () => {
    const id = await opened({ priority: 'urgent', category: 'technical' });
    expect(await stored(id)).toMatchObject({ status: 'open', response_due_at: '2027-03-01T10:00:00.000Z' });
    expect((await stored(id)).ticket_number).toMatch(/^TKT-2027-\d{6}$/);
    const told = await academy.rows('select title, payload from notifications where user_id = $1', [desk.admin.id]);
    expect(told).toMatchObject([{ payload: { link: `ticket/${id}` } }]);
    const mails = await academy.rows(
      `select u.id from email_queue q join users u on u.id = q.user_id where q.template_key = 'ticket_created' and u.id = $1`,
      [desk.admin.id],
    );
    expect(mails).toHaveLength(1);
  });

  test('numbers are gapless, also when twenty are opened at once and some are refused', async () => {
    const before = await academy.rows<{ last: number }>(
      `select coalesce((select last_value from number_counters where scope = 'ticket:2027'), 0)::int as last`,
    );
    const sent = Array.from({ length: 20 }, (_, at) =>
      send(desk.student, ask(desk.student, desk.student, at % 4 === 0 ? { title: 'x' } : {})),
    );
    const verdicts = (await Promise.all(sent)).flat();
    expect(verdicts.filter((verdict) => verdict === 'ok')).toHaveLength(15);
    const numbers = await academy.rows<{ number: number }>(
      `select right(ticket_number, 6)::int as number from support_tickets where student_id = $1 order by 1`,
      [desk.student.id],
    );
    expect(numbers.map(({ number }) => number)).toEqual(
      Array.from({ length: 15 }, (_, at) => before[0]!.last + at + 1),
    );
  });

  test('is for oneself, or for students in reach; nobody opens in the name of others', async () => {
    const { student, other, mentor, stranger, manager, admin } = desk;
    expect(await send(student, ask(student, other))).toEqual(['not_allowed']);
    expect(await send(student, ask(mentor, student))).toEqual(['not_allowed']);
    expect(await send(mentor, ask(mentor, student))).toEqual(['ok']);
    expect(await send(stranger, ask(stranger, student))).toEqual(['not_allowed']);
    expect(await send(manager, ask(manager, student))).toEqual(['ok']);
    expect(await send(manager, ask(manager, other))).toEqual(['not_allowed']);
    expect(await send(admin, ask(admin, other))).toEqual(['ok']);
  });

  test('number, status and assignment a device invents are ignored', async () => {
    const id = await opened({ ticket_number: 'TKT-2027-999999', status: 'closed', assigned_to: desk.mentor.id });
    expect(await stored(id)).toMatchObject({ status: 'open', assigned_to: null });
    expect((await stored(id)).ticket_number).not.toBe('TKT-2027-999999');
  });

  test('goes to whoever answers its category', async () => {
    await academy.rows('update company_settings set ticket_assignees = $1', [{ billing: desk.manager.id }]);
    expect(await stored(await opened({ category: 'billing' }))).toMatchObject({ assigned_to: desk.manager.id });
    expect(await stored(await opened({ category: 'other' }))).toMatchObject({ assigned_to: null });
    await academy.rows("update company_settings set ticket_assignees = '{}'");
  });

  test('that was deleted takes no answers: they are refused, and do not wait for it', async () => {
    const id = await opened();
    await academy.rows('update support_tickets set is_deleted = true where id = $1', [id]);
    expect(await send(desk.admin, answer(desk.admin, id))).toEqual(['closed']);
    expect(await send(desk.student, answer(desk.student, id))).toEqual(['closed']);
    // Whether it was ever there is not told to other students.
    expect(await send(desk.other, answer(desk.other, id))).toEqual(['wait parent']);
  });

  test('a file that is still on its way keeps the ticket waiting', async () => {
    const missing = '018f3c1e-0000-7000-8000-000000000001';
    expect(await send(desk.student, ask(desk.student, desk.student, { file_ids: [missing] }))).toEqual(['wait files']);
  });
});

describe('answering', () => {
  test('the first answer of the team takes the ticket up; the student hears of it', async () => {
    const id = await opened();
    academy.clock.pass(30);
    expect(await send(desk.admin, answer(desk.admin, id))).toEqual(['ok']);
    expect(await stored(id)).toMatchObject({
      status: 'in_progress',
      first_response_at: '2027-03-01T08:30:00.000Z',
    });
    expect(await readBy(desk.student, 'select author_name, author_role, message from support_ticket_replies')).toEqual([
      { author_name: 'Dua', author_role: 'admin', message: 'Please try again.' },
    ]);
    const told = await academy.rows('select title, body from notifications where user_id = $1', [desk.student.id]);
    expect(told).toMatchObject([{ body: 'Please try again.' }]);
  });

  test('a note among the team leaves no trace with the student: no row, no notice, no new state', async () => {
    const id = await opened();
    const before = await stored(id);
    expect(await send(desk.admin, answer(desk.admin, id, { message: 'He owes us money', is_internal: true }))).toEqual([
      'ok',
    ]);
    expect(await stored(id)).toEqual(before);
    expect(await readBy(desk.student, 'select * from support_ticket_replies').catch(() => 'refused')).toBe('refused');
    expect(await readBy(desk.student, 'select id from support_ticket_replies')).toEqual([]);
    expect(await academy.rows('select from notifications where user_id = $1', [desk.student.id])).toEqual([]);
    const published = await academy.rows('select scope from sync_rows where type = $1 and scope = $2', [
      'support_ticket_replies',
      `u:${desk.student.id}`,
    ]);
    expect(published).toEqual([]);
    expect(
      await readBy(desk.superadmin, `select message from support_ticket_replies where ticket_id = '${id}'`),
    ).toEqual([{ message: 'He owes us money' }]);
  });

  test('a student never writes a note among the team, nor in tickets of others, nor as somebody else', async () => {
    const id = await opened();
    expect(await send(desk.student, answer(desk.student, id, { is_internal: true }))).toEqual(['not_allowed']);
    expect(await send(desk.other, answer(desk.other, id))).toEqual(['not_allowed']);
    expect(await send(desk.stranger, answer(desk.stranger, id))).toEqual(['not_allowed']);
    expect(await send(desk.student, answer(desk.admin, id))).toEqual(['not_allowed']);
    await expect(
      asActor(academy.database.people, desk.student, (tx) =>
        tx.query(
          'insert into support_ticket_replies (ticket_id, user_id, message, is_internal) values ($1, $2, $3, true)',
          [id, desk.student.id, 'x'],
        ),
      ),
    ).rejects.toThrow(/row-level security/);
  });

  test('what was written in time counts when it arrives late, as far as the device is believed', async () => {
    const id = await opened();
    const device = await createDevice(academy.database.server, desk.student.id, {
      last_sync_at: academy.clock.now().toISOString(),
    });
    await callCommand(academy, desk.admin, setTicketStatus, {
      ticket_id: id,
      expected_status: 'open',
      status: 'resolved',
    });
    academy.clock.pass(6 * 24 * 60);
    const inTime = academy.clock.now().toISOString();
    academy.clock.pass(3 * 24 * 60);
    const late = { ...answer(desk.student, id), client_at: inTime };
    // A device the server never heard of may say what it likes.
    expect(await send(desk.student, late)).toEqual(['closed']);
    expect(outcomes(await academy.push(desk.student, [late], device))).toEqual(['ok']);
    expect(await stored(id)).toMatchObject({ status: 'open' });
  });

  test('the student reopens what was resolved by writing within seven days', async () => {
    const id = await opened();
    await callCommand(academy, desk.admin, setTicketStatus, {
      ticket_id: id,
      expected_status: 'open',
      status: 'resolved',
    });
    academy.clock.pass(6 * 24 * 60);
    expect(await send(desk.student, answer(desk.student, id))).toEqual(['ok']);
    expect(await stored(id)).toMatchObject({ status: 'open', resolved_at: null });
  });

  test('after seven days, or once it is closed, the text comes back', async () => {
    const id = await opened();
    const move = (expected_status: string, status: string) =>
      callCommand(academy, desk.admin, setTicketStatus, { ticket_id: id, expected_status, status } as never);
    await move('open', 'resolved');
    academy.clock.pass(8 * 24 * 60);
    expect(await send(desk.student, answer(desk.student, id))).toEqual(['closed']);
    await move('resolved', 'closed');
    expect(await send(desk.student, answer(desk.student, id))).toEqual(['closed']);
    expect(await send(desk.admin, answer(desk.admin, id))).toEqual(['closed']);
    expect(await send(desk.student, ask(desk.student, desk.student, { follows_ticket_id: id }))).toEqual(['ok']);
    expect(await send(desk.other, ask(desk.other, desk.other, { follows_ticket_id: id }))).toEqual(['not_allowed']);
  });

  test('an answer that is never changed: the same again is nothing new, another text is refused', async () => {
    const id = await opened();
    const first = answer(desk.student, id);
    expect(await send(desk.student, first)).toEqual(['ok']);
    expect(await send(desk.student, { ...first, set: { ...first.set, message: 'Changed' } })).toEqual(['conflict']);
    const base = await academy.rows<{ v: string }>('select v from support_ticket_replies where id = $1', [first.id]);
    expect(await send(desk.student, { ...first, base: base[0]!.v, set: { message: 'Changed' } })).toEqual([
      'not_allowed',
    ]);
    expect(await academy.rows('select message from support_ticket_replies where ticket_id = $1', [id])).toEqual([
      { message: 'Please try again.' },
    ]);
  });
});

describe('the student’s wishes', () => {
  test('solved, and open again, as often as it takes', async () => {
    const id = await opened();
    const wish = async (column: string) =>
      send(desk.student, change(id, { [column]: academy.clock.now().toISOString() }, (await stored(id)).v));
    for (let round = 0; round < 2; round++) {
      expect(await wish('resolve_requested_at')).toEqual(['ok']);
      expect(await stored(id)).toMatchObject({ status: 'resolved', resolve_requested_at: null });
      academy.clock.pass(60);
      expect(await wish('reopen_requested_at')).toEqual(['ok']);
      expect(await stored(id)).toMatchObject({ status: 'open', reopen_requested_at: null, resolved_at: null });
    }
  });

  test('words may change until somebody answered', async () => {
    const id = await opened();
    expect(await send(desk.student, change(id, { title: 'Lesson 2 does not open' }, (await stored(id)).v))).toEqual([
      'ok',
    ]);
    await send(desk.admin, answer(desk.admin, id));
    expect(await send(desk.student, change(id, { title: 'Something else' }, (await stored(id)).v))).toEqual(['stale']);
  });

  test('nobody else has wishes in it', async () => {
    const id = await opened();
    const { v } = await stored(id);
    const at = academy.clock.now().toISOString();
    for (const person of [desk.other, desk.admin, desk.mentor])
      expect(await send(person, change(id, { resolve_requested_at: at }, v))).toEqual(['not_allowed']);
    expect(await stored(id)).toMatchObject({ status: 'open' });
  });
});
