import { canReplyAsStudent, statusAfterReply } from '#contract/rules/tickets.ts';
import { supportTicketReplies, type SupportTicketReply } from '#contract/tables/tickets.ts';
import { believedTime, readDeviceFacts } from '../../sync/believed-time.ts';
import { defineSync, type GuardAnswer, type PushContext } from '../../sync/define-sync.ts';
import { attach, mayAttach } from '../files/index.ts';
import { logActivity } from '../people/index.ts';
import { lockTicket, moveTicket, readsTicket, type TicketFacts } from './facts.ts';
import { excerptOf, tell, tellTeam } from './notices.ts';

type Proposed = Partial<SupportTicketReply> & Pick<SupportTicketReply, 'ticket_id' | 'user_id'>;

/** An answer in a ticket: whoever reads the ticket may give one; among themselves only the team writes. */
export const supportTicketRepliesSync = defineSync(supportTicketReplies, {
  guard: async (context, { before, set, deleted }) => {
    if (deleted) return 'not_allowed';
    return before ? 'duplicate' : guardReply(context, set as Proposed);
  },
  after: async (context, { before, after }) => {
    if (after && !before) await accept(context, after as unknown as SupportTicketReply);
  },
});

async function guardReply(context: PushContext, set: Proposed): Promise<GuardAnswer> {
  const { tx, actor, deps, op } = context;
  if (set.user_id !== actor.id || (actor.role === 'student' && set.is_internal)) return 'not_allowed';
  const isReader = await readsTicket(tx, set.ticket_id);
  const ticket = await lockTicket(tx, deps.serverKey, set.ticket_id);
  // The ticket itself may still wait for its files.
  if (!ticket) return { wait: 'parent' };
  if (!isReader) return 'not_allowed';
  if (actor.role === 'student') {
    const verdict = canReplyAsStudent(ticket, believedTime(context, op.client_at, await readDeviceFacts(context)));
    if (verdict !== 'allowed') return verdict;
  } else if (ticket.status === 'closed') return 'closed';
  return mayAttach(tx, actor, `tickets/${ticket.id}`, set.file_ids ?? []);
}

async function accept(context: PushContext, reply: SupportTicketReply): Promise<void> {
  const { tx, actor, deps, now } = context;
  const at = now.toISOString();
  await tx.query('select server_sign_reply($1, $2)', [deps.serverKey, reply.id]);
  await attach(tx, deps.serverKey, actor.id, reply.file_ids, { table: 'support_ticket_replies', id: reply.id });
  // A note among the team leaves no trace outside it.
  if (reply.is_internal) return;
  const ticket = (await lockTicket(tx, deps.serverKey, reply.ticket_id))!;
  const author = actor.role === 'student' ? 'student' : 'team';
  const status = statusAfterReply(ticket, author, false);
  const isFirst = author === 'team' && ticket.first_response_at === null;
  if (status !== ticket.status || isFirst)
    await moveTicket(tx, deps.serverKey, ticket, { status, at, answered: author === 'team' });
  await announce(context, ticket, reply, author);
  await logActivity(tx, deps, { person: actor.id, activity: 'support_ticket_replied', reference: ticket.id, at });
}

/** The other side hears of it. */
async function announce(
  { tx, actor, deps }: PushContext,
  ticket: TicketFacts,
  reply: SupportTicketReply,
  author: 'student' | 'team',
): Promise<void> {
  const { rows } = await tx.query<{ full_name: string }>('select full_name from users where id = $1', [actor.id]);
  const fields = { author: rows[0]!.full_name, excerpt: excerptOf(reply.message) };
  const said = { template: 'ticket_answered', fields, dedupe: `ticket_reply:${reply.id}` } as const;
  if (author === 'team') await tell(tx, deps, ticket.student_id, ticket, said, 'ticket_replied');
  else await tellTeam(tx, deps, ticket, said, actor.id, 'ticket_replied');
}
