import { answerDueAt, canChangeAsStudent, statusAfterWish } from '#contract/rules/tickets.ts';
import { supportTickets, type SupportTicket } from '#contract/tables/tickets.ts';
import { believedTime, readDeviceFacts } from '../../sync/believed-time.ts';
import { defineSync, type GuardAnswer, type PushContext } from '../../sync/define-sync.ts';
import { attach, mayAttach } from '../files/index.ts';
import { logActivity } from '../people/index.ts';
import { lockTicket, moveTicket } from './facts.ts';
import { tellTeam } from './notices.ts';

type Proposed = Partial<SupportTicket> & Pick<SupportTicket, 'student_id' | 'created_by'>;

/** A question to the team, asked by the student or on the student's behalf; later the student's edits and two wishes. */
export const supportTicketsSync = defineSync(supportTickets, {
  guard: async (context, { before, set, deleted }) => {
    if (deleted) return 'not_allowed';
    return before
      ? guardChange(context, before as unknown as SupportTicket, set)
      : guardInsert(context, set as Proposed);
  },
  after: async (context, { before, after }) => {
    const ticket = after as unknown as SupportTicket | null;
    if (!ticket) return;
    if (before) await answerWish(context, ticket);
    else await accept(context, ticket);
  },
});

/** On whose behalf the team may ask, the row policy knows. */
async function guardInsert({ tx, actor, op }: PushContext, set: Proposed): Promise<GuardAnswer> {
  if (set.created_by !== actor.id || (actor.role === 'student' && set.student_id !== actor.id)) return 'not_allowed';
  if (set.follows_ticket_id) {
    const { rows } = await tx.query<Pick<SupportTicket, 'student_id'>>(
      'select student_id from support_tickets where id = $1',
      [set.follows_ticket_id],
    );
    if (rows[0]?.student_id !== set.student_id) return 'not_allowed';
  }
  return mayAttach(tx, actor, `tickets/${op.id}`, set.file_ids ?? []);
}

async function guardChange(
  context: PushContext,
  before: SupportTicket,
  set: Record<string, unknown>,
): Promise<GuardAnswer> {
  const { tx, actor, deps, op } = context;
  if (before.student_id !== actor.id) return 'not_allowed';
  // Asked again under the lock: an answer may have come between.
  const ticket = await lockTicket(tx, deps.serverKey, op.id);
  if (!ticket) return 'not_allowed';
  const wrote = {
    text: 'title' in set || 'description' in set,
    resolve: Boolean(set['resolve_requested_at']),
    reopen: Boolean(set['reopen_requested_at']),
  };
  return canChangeAsStudent(ticket, wrote, believedTime(context, op.client_at, await readDeviceFacts(context)));
}

async function accept({ tx, actor, deps, now }: PushContext, ticket: SupportTicket): Promise<void> {
  const due = answerDueAt(now.toISOString(), ticket.priority);
  await tx.query('select server_accept_ticket($1, $2, $3, $4)', [deps.serverKey, ticket.id, now.toISOString(), due]);
  await attach(tx, deps.serverKey, actor.id, ticket.file_ids, { table: 'support_tickets', id: ticket.id });
  const facts = (await lockTicket(tx, deps.serverKey, ticket.id))!;
  const said = { template: 'ticket_opened', fields: { due }, dedupe: `ticket:${ticket.id}` } as const;
  await tellTeam(tx, deps, facts, said, actor.id, 'ticket_created');
  await logActivity(tx, deps, {
    person: actor.id,
    activity: 'support_ticket_created',
    reference: ticket.id,
    at: now.toISOString(),
  });
}

async function answerWish({ tx, actor, deps, now }: PushContext, ticket: SupportTicket): Promise<void> {
  const wish = { resolve: ticket.resolve_requested_at !== null, reopen: ticket.reopen_requested_at !== null };
  if (!wish.resolve && !wish.reopen) return;
  const facts = (await lockTicket(tx, deps.serverKey, ticket.id))!;
  const status = statusAfterWish(facts, wish);
  await moveTicket(tx, deps.serverKey, facts, { status, at: now.toISOString(), keep: true });
  if (status === facts.status) return;
  const said = {
    template: 'ticket_moved',
    fields: { status },
    dedupe: `ticket_wish:${ticket.id}:${ticket.v}`,
  } as const;
  await tellTeam(tx, deps, facts, said, actor.id);
}
