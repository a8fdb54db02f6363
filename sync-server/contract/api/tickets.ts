import { z } from 'zod';
import { ticketPriorities, ticketStatuses } from '../tables/tickets.ts';

/** Commands about tickets (workflows 3.32). All need an `Idempotency-Key`. */

const ticket_id = z.uuid();

/** A ticket after a command touched it. */
export const ticketAnswerSchema = z.object({
  id: z.uuid(),
  status: z.enum(ticketStatuses),
  priority: z.enum(ticketPriorities),
  assigned_to: z.uuid().nullable(),
});
export type TicketAnswer = z.output<typeof ticketAnswerSchema>;

/** Gives a ticket to somebody of the team, or to nobody. Mentors and enrolment managers may only take one they read and nobody has. */
export const assignTicketSchema = z.strictObject({ ticket_id, assigned_to: z.uuid().nullable() });

/**
 * Moves a ticket. `expected_status` is what the caller saw: when it moved meanwhile the answer is CONFLICT. A `note` is written
 * into the ticket as an answer.
 */
export const setTicketStatusSchema = z.strictObject({
  ticket_id,
  expected_status: z.enum(ticketStatuses),
  status: z.enum(ticketStatuses),
  note: z.string().trim().min(1).max(5000).optional(),
});

export const setTicketPrioritySchema = z.strictObject({ ticket_id, priority: z.enum(ticketPriorities) });
