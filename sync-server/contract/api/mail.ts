import { z } from 'zod';
import { instant, maybeInstant } from '../columns.ts';

/** What staff see of outgoing mail; texts and payloads stay on the server. */
export const mailStatuses = ['pending', 'sending', 'sent', 'failed', 'cancelled'] as const;

/** `POST /functions/v1/mail-status`: whether mails leave at all. `service` is null while none is configured: they wait. */
export const mailStatusSchema = z.object({
  service: z.enum(['resend', 'smtp']).nullable(),
  waiting: z.int(),
  failed: z.int(),
  /** Since when the oldest waiting mail waits. */
  oldest: maybeInstant,
});

/** `POST /functions/v1/list-mail`: the queue, newest first (screens: delivery problems). */
export const listMailSchema = z.strictObject({
  status: z.enum(mailStatuses).optional(),
  user_id: z.uuid().optional(),
  /** Created before, not including. */
  before: instant.optional(),
  limit: z.int().min(1).max(200).default(50),
});
export const listedMailSchema = z.object({
  mails: z.array(
    z.object({
      id: z.uuid(),
      created_at: instant,
      user_id: z.uuid().nullable(),
      template_key: z.string(),
      recipient_email: z.string(),
      recipient_name: z.string(),
      subject: z.string().nullable(),
      status: z.enum(mailStatuses),
      retry_count: z.int(),
      error_message: z.string().nullable(),
      scheduled_at: maybeInstant,
      sent_at: maybeInstant,
      provider: z.string().nullable(),
    }),
  ),
});

/** `POST /functions/v1/resend-mail`: a failed mail gets its tries again, to the person's present address. */
export const resendMailSchema = z.strictObject({ mail_id: z.uuid() });
export const resentMailSchema = z.object({ mail_id: z.uuid(), status: z.enum(mailStatuses) });
