import { describe, expect, test } from 'vitest';
import { ask } from '../../testing/desk.ts';
import { callCommand, codeOf } from '../../testing/office.ts';
import type { Person } from '../../testing/people.ts';
import { assignTicket, setTicketPriority, setTicketStatus } from './commands.ts';
import { keepTickets } from './housekeeping.job.ts';
import { openDeskForTests, academy, desk, send, stored, readBy, opened } from './tickets.fixture.ts';

openDeskForTests();

describe('assigning', () => {
  const assign = (actor: Person, ticket_id: string, assigned_to: string | null) =>
    callCommand(academy, actor, assignTicket, { ticket_id, assigned_to });

  test('moves the ticket into the assignee’s sight and out of the last one’s', async () => {
    const id = await opened();
    const sees = async (person: Person) => (await readBy(person, 'select id from support_tickets')).length === 1;
    expect(await sees(desk.stranger)).toBe(false);
    await assign(desk.admin, id, desk.stranger.id);
    expect(await sees(desk.stranger)).toBe(true);
    await assign(desk.admin, id, desk.manager.id);
    expect([await sees(desk.stranger), await sees(desk.manager)]).toEqual([false, true]);
    const trail = await academy.rows('select action, performed_by from admin_logs where entity_id = $1', [id]);
    expect(trail).toEqual([
      { action: 'ticket_assigned', performed_by: desk.admin.id },
      { action: 'ticket_assigned', performed_by: desk.admin.id },
    ]);
  });

  test('never to a student, and never by one', async () => {
    const id = await opened();
    expect(await codeOf(assign(desk.admin, id, desk.other.id))).toBe('INVALID_INPUT');
    expect(await codeOf(assign(desk.student, id, desk.admin.id))).toBe('PERMISSION_DENIED');
  });

  test('the team takes what it reads and nobody has; taking moves it on', async () => {
    const ticket = ask(desk.mentor, desk.student);
    await send(desk.mentor, ticket);
    expect(await codeOf(assign(desk.stranger, ticket.id, desk.stranger.id))).toBe('NOT_FOUND');
    expect(await codeOf(assign(desk.mentor, ticket.id, desk.admin.id))).toBe('PERMISSION_DENIED');
    expect(await assign(desk.mentor, ticket.id, desk.mentor.id)).toMatchObject({ status: 'in_progress' });
    await assign(desk.admin, ticket.id, desk.admin.id);
    expect(await codeOf(assign(desk.mentor, ticket.id, desk.mentor.id))).toBe('PERMISSION_DENIED');
  });
});

describe('moving by hand', () => {
  test('is compare and set: who saw an older state is told', async () => {
    const id = await opened();
    const resolve = () =>
      callCommand(academy, desk.admin, setTicketStatus, {
        ticket_id: id,
        expected_status: 'open',
        status: 'resolved',
        note: 'Fixed this morning.',
      });
    expect(await resolve()).toMatchObject({ status: 'resolved' });
    expect(await codeOf(resolve())).toBe('CONFLICT');
    expect(await readBy(desk.student, 'select message from support_ticket_replies')).toEqual([
      { message: 'Fixed this morning.' },
    ]);
    const mail = await academy.rows(
      `select body from email_queue where template_key = 'ticket_resolved' and user_id = $1`,
      [desk.student.id],
    );
    expect(mail[0]!['body']).toContain('Fixed this morning.');
  });

  test('is for admins only', async () => {
    const id = await opened();
    for (const actor of [desk.student, desk.mentor, desk.manager]) {
      const status = { ticket_id: id, expected_status: 'open', status: 'closed' } as const;
      expect(await codeOf(callCommand(academy, actor, setTicketStatus, status))).toBe('PERMISSION_DENIED');
      const priority = { ticket_id: id, priority: 'low' } as const;
      expect(await codeOf(callCommand(academy, actor, setTicketPriority, priority))).toBe('PERMISSION_DENIED');
    }
  });

  test('another priority moves the time to answer in', async () => {
    const id = await opened();
    await callCommand(academy, desk.admin, setTicketPriority, { ticket_id: id, priority: 'high' });
    const due = Date.parse((await stored(id)).response_due_at);
    const [row] = await academy.rows<{ created_at: string }>('select created_at from support_tickets where id = $1', [
      id,
    ]);
    expect(due - Date.parse(row!.created_at)).toBe(4 * 3_600_000);
  });
});

describe('once a day', () => {
  test('resolved tickets close after a week and late ones are told once', async () => {
    const done = await opened();
    const late = await opened({ priority: 'urgent' });
    await callCommand(academy, desk.admin, setTicketStatus, {
      ticket_id: done,
      expected_status: 'open',
      status: 'resolved',
    });
    await academy.rows('update support_tickets set breached_at = now() where id <> $1 and id <> $2', [done, late]);
    academy.clock.pass(7 * 24 * 60 + 1);
    await keepTickets.run({}, academy.deps);
    await keepTickets.run({}, academy.deps);
    expect(await stored(done)).toMatchObject({ status: 'closed' });
    const told = await academy.rows(
      `select from notifications where user_id = $1 and template_key = 'ticket_overdue' and payload ->> 'link' = $2`,
      [desk.admin.id, `ticket/${late}`],
    );
    expect(told).toHaveLength(1);
  });
});
