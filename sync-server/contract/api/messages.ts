import { z } from 'zod';

/** How many broadcasts one person may send within an hour (workflows 3.33). */
export const broadcastsAnHour = 5;

/**
 * `POST /functions/v1/send-broadcast`: one message to many, which they read and cannot answer. Mentors reach students of
 * theirs, admins anybody. Left out, `user_ids` means all students the sender may reach.
 */
export const sendBroadcastSchema = z.strictObject({
  subject: z.string().trim().min(1).max(150),
  content: z.string().trim().min(1).max(5000),
  user_ids: z.array(z.uuid()).min(1).max(5000).optional(),
});

/** Recipients get it shortly after, a few hundred at a time. */
export const broadcastAnswerSchema = z.object({ thread_id: z.uuid(), recipients: z.int() });
