import { z } from 'zod';
import { count, day, id, instant, maybeId, maybeText, standard, text } from '../columns.ts';
import { defineTable, type Doc } from '../define-table.ts';

/** A question to the Success Partner or its answer; asked by a command only, for it costs a credit. */
export const successPartnerMessages = defineTable({
  name: 'success_partner_messages',
  family: 'messages',
  row: z.object({
    ...standard,
    student_id: id,
    role: z.enum(['user', 'assistant']),
    content: text,
    sent_at: instant,
    /** UTC day. */
    date: day,
    conversation_id: id,
    status: z.enum(['processing', 'answered', 'failed']),
    reply_to_id: maybeId,
    error_code: maybeText,
    /** Thumb down or up. */
    feedback: z.int().min(-1).max(1).nullable(),
  }),
  device: {},
});
export type SuccessPartnerMessage = Doc<typeof successPartnerMessages>;

/** What a student may still ask on one UTC day. */
export const successPartnerCredits = defineTable({
  name: 'success_partner_credits',
  family: 'messages',
  naturalKey: ['student_id', 'date'],
  row: z.object({
    ...standard,
    student_id: id,
    date: day,
    credits_used: count,
    daily_limit: count,
  }),
  device: {},
});
export type SuccessPartnerCredits = Doc<typeof successPartnerCredits>;
