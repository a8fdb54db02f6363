import { z } from 'zod';
import { day, instant } from '../columns.ts';

/** Commands around the Success Partner's credits (workflows 3.21). */

/** What a student may still ask today; days are UTC. */
export const partnerCreditsSchema = z.object({
  date: day,
  credits_used: z.int(),
  daily_limit: z.int(),
  credits_remaining: z.int(),
  can_send: z.boolean(),
  reset_at: instant,
});
export type PartnerCredits = z.output<typeof partnerCreditsSchema>;

/** Gives a day's credits anew (`date`, default today, UTC), or sets the student's lasting limit; null = the company's. */
export const resetPartnerCreditsSchema = z.strictObject({
  user_id: z.uuid(),
  date: day.optional(),
  daily_limit: z.int().min(0).max(200).nullable().optional(),
});

/** Opens one student's conversation with the Success Partner; the reason goes into the trail. */
export const readPartnerConversationSchema = z.strictObject({
  user_id: z.uuid(),
  reason: z.string().trim().min(3).max(500),
});
export const partnerConversationSchema = z.object({
  messages: z.array(
    z.object({
      id: z.uuid(),
      conversation_id: z.uuid(),
      role: z.enum(['user', 'assistant']),
      content: z.string(),
      status: z.enum(['processing', 'answered', 'failed']),
      sent_at: instant,
    }),
  ),
});
