import type { Verdict } from '../errors.ts';
import type { SupportTicket } from '../tables/tickets.ts';
import { addDays, at } from './dates.ts';

type Status = SupportTicket['status'];
type State = Pick<SupportTicket, 'status' | 'resolved_at' | 'assigned_to'>;

/** Hours within which somebody should answer (workflows 3.32). */
const answerHours = { urgent: 2, high: 4, medium: 24, low: 72 } as const satisfies Record<
  SupportTicket['priority'],
  number
>;

/** Until when a ticket of this priority should have its first answer. */
export const answerDueAt = (createdAt: string, priority: SupportTicket['priority']): string =>
  new Date(at(createdAt) + answerHours[priority] * 3_600_000).toISOString();

/** Days in which the student may go on with a resolved ticket; then it closes for good. */
export const reopenDays = 7;

/** Whether a resolved ticket could still be reopened at this moment. */
export const isReopenable = ({ status, resolved_at }: Pick<State, 'status' | 'resolved_at'>, moment: string): boolean =>
  status === 'resolved' && (resolved_at === null || at(moment) <= at(addDays(resolved_at, reopenDays)));

/** Whether the student may write in a ticket what was written at this moment. */
export function canReplyAsStudent(ticket: State, writtenAt: string): Verdict {
  if (ticket.status === 'closed') return 'closed';
  return ticket.status !== 'resolved' || isReopenable(ticket, writtenAt) ? 'allowed' : 'closed';
}

/** Where an answer leaves a ticket: the team's first one takes it up, the student's reopens it; notes among the team move nothing. */
export function statusAfterReply(ticket: State, author: 'student' | 'team', isInternal: boolean): Status {
  if (isInternal) return ticket.status;
  if (author === 'team') return ticket.status === 'open' ? 'in_progress' : ticket.status;
  return ticket.status === 'resolved' ? statusReopened(ticket) : ticket.status;
}

/** A reopened ticket goes back to whoever had it; without anybody it waits as at first. */
export const statusReopened = ({ assigned_to }: Pick<State, 'assigned_to'>): Status =>
  assigned_to ? 'in_progress' : 'open';

/** The student's wishes and edits; `wrote` names what was changed. */
export function canChangeAsStudent(
  ticket: State & Pick<SupportTicket, 'first_response_at'>,
  wrote: { text: boolean; resolve: boolean; reopen: boolean },
  writtenAt: string,
): Verdict {
  if (ticket.status === 'closed') return 'closed';
  // Once somebody has answered, the question stays what was answered.
  if (wrote.text && (ticket.first_response_at !== null || ticket.status !== 'open')) return 'stale';
  if (wrote.reopen && ticket.status === 'resolved' && !isReopenable(ticket, writtenAt)) return 'closed';
  return 'allowed';
}

/** Where the student's wishes lead. Both at once: the ticket is reopened, for something is still open. */
export function statusAfterWish(ticket: State, wish: { resolve: boolean; reopen: boolean }): Status {
  if (wish.reopen) return ticket.status === 'resolved' ? statusReopened(ticket) : ticket.status;
  return wish.resolve && ticket.status !== 'closed' ? 'resolved' : ticket.status;
}

/** What staff may do to a ticket by command; closed is final. */
const staffMoves = {
  open: ['in_progress', 'resolved', 'closed'],
  in_progress: ['open', 'resolved', 'closed'],
  resolved: ['in_progress', 'closed'],
  closed: [],
} as const satisfies Record<Status, readonly Status[]>;

/** Whether staff may move a ticket from one state to another. */
export const canMove = (from: Status, to: Status): boolean => (staffMoves[from] as readonly Status[]).includes(to);
