import { z } from 'zod';
import { instant, maybeInstant } from '../columns.ts';
import { sessionAudiences, sessionStatuses } from '../tables/sessions.ts';

/** Commands about live sessions (workflows 3.27). */

const secureLink = z.url({ protocol: /^https$/ }).max(2000);
const text = (most: number) => z.string().trim().min(1).max(most);

/** What a session may be given; left out on an update: stays as it is. */
const plan = {
  title: text(150),
  description: text(5000).nullable(),
  start_time: instant,
  /** Null: an hour after the start. */
  end_time: maybeInstant,
  timezone: text(60).nullable(),
  link: secureLink.nullable(),
  recording_url: secureLink.nullable(),
  notes: text(5000).nullable(),
  mentor_id: z.uuid().nullable(),
  audience: z.enum(sessionAudiences),
  course_id: z.uuid().nullable(),
  pathway_id: z.uuid().nullable(),
  batch_ids: z.array(z.uuid()).max(50),
  drip_days: z.int().min(0).max(3650).nullable(),
  zoom_meeting_id: text(60).nullable(),
  zoom_passcode: text(60).nullable(),
  /** The host's own sign-in: kept sealed, shown by `reveal-session-host` only. */
  host_login_email: z.email().max(200).nullable(),
  host_login_secret: text(200).nullable(),
} as const;

export const createSessionSchema = z
  .strictObject(plan)
  .partial()
  .required({ title: true, start_time: true, audience: true })
  .extend({
    /** `upcoming` publishes at once, which needs a link. */
    status: z.enum(['draft', 'upcoming']).default('draft'),
  });
export type CreateSession = z.output<typeof createSessionSchema>;

export const updateSessionSchema = z
  .strictObject(plan)
  .partial()
  .extend({ session_id: z.uuid(), /** The host says it is over. */ status: z.literal('completed').optional() });
export type UpdateSession = z.output<typeof updateSessionSchema>;

export const sessionIdSchema = z.strictObject({ session_id: z.uuid() });
export const cancelSessionSchema = sessionIdSchema.extend({ reason: text(1000) });

/** A session after a command touched it. */
export const sessionAnswerSchema = z.object({
  id: z.uuid(),
  status: z.enum(sessionStatuses),
  start_time: instant,
  end_time: maybeInstant,
  link: z.string().nullable(),
});
export type SessionAnswer = z.output<typeof sessionAnswerSchema>;

/** For whom a session would be; asked before it exists. */
export const previewSessionSchema = z
  .strictObject(plan)
  .pick({ audience: true, course_id: true, batch_ids: true, start_time: true })
  .partial({ course_id: true, batch_ids: true });
export const sessionPreviewSchema = z.object({
  total: z.int(),
  /** How many of them are in each batch; null: in none. */
  batches: z.array(z.object({ batch_id: z.uuid().nullable(), name: z.string().nullable(), students: z.int() })),
  /** At most 200, by name. */
  students: z.array(z.object({ id: z.uuid(), full_name: z.string() })),
});
export type SessionPreview = z.output<typeof sessionPreviewSchema>;

/** The host's own sign-in, shown to the host and to staff; every look is in the trail. */
export const sessionHostSchema = z.object({
  host_login_email: z.string().nullable(),
  host_login_secret: z.string().nullable(),
});
