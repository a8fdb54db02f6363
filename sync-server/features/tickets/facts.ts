import type { SupportTicket } from '#contract/tables/tickets.ts';
import type { Tx } from '../../db/sql.ts';

/** What rules and notices need of a ticket. */
export type TicketFacts = Pick<
  SupportTicket,
  | 'id'
  | 'student_id'
  | 'created_by'
  | 'ticket_number'
  | 'title'
  | 'priority'
  | 'category'
  | 'status'
  | 'first_response_at'
  | 'resolved_at'
> & { assigned_to: string | null; created_at: string; student_name: string };

/** Locks a ticket until the transaction ends, whoever asks; null where there is none. Who may know of it was asked before. */
export async function lockTicket(tx: Tx, serverKey: string, id: string): Promise<TicketFacts | null> {
  const { rows } = await tx.query<{ facts: TicketFacts | null }>('select server_lock_ticket($1, $2) as facts', [
    serverKey,
    id,
  ]);
  return rows[0]?.facts ?? null;
}

/** Whether the person of this transaction reads the ticket. */
export async function readsTicket(tx: Tx, id: string): Promise<boolean> {
  const { rowCount } = await tx.query('select from support_tickets where id = $1', [id]);
  return rowCount === 1;
}

/** Moves a ticket; `keep`: the change belongs to the operation the student's device is about to hear of. */
export async function moveTicket(
  tx: Tx,
  serverKey: string,
  ticket: Pick<TicketFacts, 'id'>,
  to: { status: SupportTicket['status']; at: string; answered?: boolean; keep?: boolean },
): Promise<void> {
  await tx.query('select server_move_ticket($1, $2, $3, $4, $5, $6)', [
    serverKey,
    ticket.id,
    to.status,
    to.at,
    to.answered ?? false,
    to.keep ?? false,
  ]);
}
