import { isStaff } from '#contract/roles.ts';
import {
  assignTicketSchema,
  setTicketPrioritySchema,
  setTicketStatusSchema,
  ticketAnswerSchema,
  type TicketAnswer,
} from '#contract/api/tickets.ts';
import { answerDueAt, canMove, reopenDays } from '#contract/rules/tickets.ts';
import { asActor, asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import { defineCommand, type CommandContext } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { writeAudit } from '../people/index.ts';
import { lockTicket, moveTicket, readsTicket, type TicketFacts } from './facts.ts';
import { tell } from './notices.ts';

type Call = CommandContext & { tx: Tx };

/** Assigns a ticket, or lets somebody of the team take one that nobody has. Taking one up moves it on. */
export const assignTicket = defineCommand({
  name: 'assign-ticket',
  summary: 'Give a ticket to somebody of the team, or take it',
  input: assignTicketSchema,
  output: ticketAnswerSchema,
  roles: ['mentor', 'enrollment_manager', 'admin', 'superadmin'],
  writes: true,
  run: async (context, { ticket_id, assigned_to }) => {
    await requireReader(context, ticket_id);
    return asServer(context.deps.server, async (tx) => {
      const call = { ...context, tx };
      const ticket = await openTicket(call, ticket_id);
      if (!isStaff(context.actor.role)) requireTaking(context, ticket, assigned_to);
      if (ticket.assigned_to === assigned_to) return answerOf(ticket);
      await requireTeamMember(tx, assigned_to);
      await tx.query('update support_tickets set assigned_to = $2 where id = $1', [ticket.id, assigned_to]);
      const isTaken = assigned_to === context.actor.id && ticket.status === 'open';
      const status = isTaken ? 'in_progress' : ticket.status;
      if (isTaken) await moveTicket(tx, context.deps.serverKey, ticket, { status, at: context.now.toISOString() });
      await audit(call, ticket, 'ticket_assigned', { assigned_to: ticket.assigned_to }, { assigned_to });
      if (assigned_to && assigned_to !== context.actor.id) await tellAssignee(call, ticket, assigned_to);
      return answerOf({ ...ticket, assigned_to, status });
    });
  },
});

/** Moves a ticket by hand: compare and set, so that two members of staff never overrule each other unseen. */
export const setTicketStatus = defineCommand({
  name: 'set-ticket-status',
  summary: 'Resolve, close or take back a ticket',
  input: setTicketStatusSchema,
  output: ticketAnswerSchema,
  roles: ['admin', 'superadmin'],
  writes: true,
  run: (context, { ticket_id, expected_status, status, note }) =>
    asServer(context.deps.server, async (tx) => {
      const call = { ...context, tx };
      const ticket = await openTicket(call, ticket_id);
      if (ticket.status !== expected_status || !canMove(ticket.status, status))
        throw new AppError('CONFLICT', { details: { status: ticket.status } });
      if (note) await writeNote(call, ticket, note);
      const at = context.now.toISOString();
      await moveTicket(tx, context.deps.serverKey, ticket, { status, at, answered: note !== undefined });
      await audit(call, ticket, 'ticket_status_changed', { status: ticket.status }, { status });
      await tellOwner(call, ticket, status, note ?? '');
      return answerOf({ ...ticket, status });
    }),
});

/** Sets how urgent a ticket is; until somebody answered, the time to answer in follows. */
export const setTicketPriority = defineCommand({
  name: 'set-ticket-priority',
  summary: 'Say how urgent a ticket is',
  input: setTicketPrioritySchema,
  output: ticketAnswerSchema,
  roles: ['admin', 'superadmin'],
  writes: true,
  run: (context, { ticket_id, priority }) =>
    asServer(context.deps.server, async (tx) => {
      const call = { ...context, tx };
      const ticket = await openTicket(call, ticket_id);
      await tx.query(
        `update support_tickets set priority = $2,
           response_due_at = case when first_response_at is null then $3 else response_due_at end
         where id = $1`,
        [ticket.id, priority, answerDueAt(ticket.created_at, priority)],
      );
      await audit(call, ticket, 'ticket_priority_changed', { priority: ticket.priority }, { priority });
      return answerOf({ ...ticket, priority });
    }),
});

const answerOf = ({ id, status, priority, assigned_to }: TicketFacts): TicketAnswer => ({
  id,
  status,
  priority,
  assigned_to,
});

/** A ticket that the caller does not read is one that does not exist. */
async function requireReader({ deps, actor, session }: CommandContext, id: string): Promise<void> {
  const reads = await asActor(deps.people, actor, (tx) => readsTicket(tx, id), { claims: { session_id: session.id } });
  if (!reads) throw new AppError('NOT_FOUND');
}

async function openTicket({ tx, deps }: Call, id: string): Promise<TicketFacts> {
  const ticket = await lockTicket(tx, deps.serverKey, id);
  if (!ticket) throw new AppError('NOT_FOUND');
  if (ticket.status === 'closed') throw new AppError('CONFLICT', { details: { status: 'closed' } });
  return ticket;
}

function requireTaking({ actor }: CommandContext, ticket: TicketFacts, assignee: string | null): void {
  if (assignee !== actor.id || (ticket.assigned_to !== null && ticket.assigned_to !== actor.id))
    throw new AppError('PERMISSION_DENIED');
}

async function requireTeamMember(tx: Tx, id: string | null): Promise<void> {
  if (id === null) return;
  const { rowCount } = await tx.query(
    "select from users where id = $1 and role <> 'student' and status = 'active' and not login_blocked and not is_deleted",
    [id],
  );
  if (rowCount !== 1)
    throw new AppError('INVALID_INPUT', { details: [{ path: 'assigned_to', message: 'Nobody of the team.' }] });
}

/** The note is an answer like any other, in the name of whoever moves the ticket. */
async function writeNote({ tx, actor }: Call, ticket: TicketFacts, message: string): Promise<void> {
  await tx.query(
    `insert into support_ticket_replies (ticket_id, user_id, message, author_name, author_role)
     select $1, u.id, $3, u.full_name, u.role from users u where u.id = $2`,
    [ticket.id, actor.id, message],
  );
}

async function tellOwner(
  { tx, deps, requestId }: Call,
  ticket: TicketFacts,
  status: TicketFacts['status'],
  note: string,
): Promise<void> {
  const said = {
    template: 'ticket_moved',
    fields: { status: status.replace('_', ' '), note, days: reopenDays },
    dedupe: `ticket_status:${ticket.id}:${requestId}`,
  } as const;
  await tell(tx, deps, ticket.student_id, ticket, said, status === 'resolved' ? 'ticket_resolved' : undefined);
}

async function tellAssignee({ tx, deps, requestId }: Call, ticket: TicketFacts, assignee: string): Promise<void> {
  const said = { template: 'ticket_given', fields: {}, dedupe: `ticket_given:${ticket.id}:${requestId}` } as const;
  await tell(tx, deps, assignee, ticket, said);
}

async function audit(
  { tx, deps, actor }: Call,
  ticket: TicketFacts,
  action: string,
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): Promise<void> {
  await writeAudit(tx, deps, {
    actor: actor.id,
    entity: 'support_tickets',
    id: ticket.id,
    action,
    about: ticket.student_id,
    summary: `Ticket ${ticket.ticket_number ?? ticket.id}`,
    data: { before, after },
  });
}
