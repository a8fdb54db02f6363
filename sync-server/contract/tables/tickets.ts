import { z } from 'zod';
import { id, maybeId, maybeInstant, maybeText, standard, text } from '../columns.ts';
import { defineTable, type Doc } from '../define-table.ts';

export const ticketCategories = ['complaint', 'feedback', 'technical', 'billing', 'account', 'other'] as const;
export const ticketPriorities = ['low', 'medium', 'high', 'urgent'] as const;
export const ticketStatuses = ['open', 'in_progress', 'resolved', 'closed'] as const;

/** A question to the team. Number, status and times are the server's; the student's two wishes are answered in `status`. */
export const supportTickets = defineTable({
  name: 'support_tickets',
  family: 'tickets',
  row: z.object({
    ...standard,
    student_id: id,
    /** The student, or who of the team asked on the student's behalf. */
    created_by: id,
    /** Null until the server has accepted the ticket. */
    ticket_number: maybeText,
    title: z.string().min(3).max(150),
    description: z.string().min(1).max(5000),
    file_ids: z.array(z.uuid()).max(5),
    category: z.enum(ticketCategories),
    priority: z.enum(ticketPriorities),
    status: z.enum(ticketStatuses),
    /** The team's own. */
    assigned_to: maybeId.optional(),
    /** The closed ticket this one goes on from. */
    follows_ticket_id: maybeId,
    first_response_at: maybeInstant,
    resolved_at: maybeInstant,
    closed_at: maybeInstant,
    /** The team's own: until when somebody should have answered, and when that was missed. */
    response_due_at: maybeInstant.optional(),
    breached_at: maybeInstant.optional(),
    /** *It's solved*; the server answers in `status` and clears the wish. */
    resolve_requested_at: maybeInstant,
    /** *Reopen*; like the other. */
    reopen_requested_at: maybeInstant,
  }),
  device: {
    insert: [
      'id',
      'student_id',
      'created_by',
      'title',
      'description',
      'file_ids',
      'category',
      'priority',
      'follows_ticket_id',
    ],
    update: { title: 'text', description: 'text', resolve_requested_at: 'intent', reopen_requested_at: 'intent' },
  },
});
export type SupportTicket = Doc<typeof supportTickets>;

/** One answer in a ticket; never changed. What is internal stays among the team. */
export const supportTicketReplies = defineTable({
  name: 'support_ticket_replies',
  family: 'tickets',
  row: z.object({
    ...standard,
    ticket_id: id,
    user_id: id,
    message: z.string().min(1).max(5000),
    /** Who wrote, as it was then. */
    author_name: text,
    author_role: text,
    is_internal: z.boolean(),
    file_ids: z.array(z.uuid()).max(5),
  }),
  device: { insert: ['id', 'ticket_id', 'user_id', 'message', 'is_internal', 'file_ids'] },
});
export type SupportTicketReply = Doc<typeof supportTicketReplies>;
