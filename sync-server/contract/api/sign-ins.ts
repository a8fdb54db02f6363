import { z } from 'zod';
import { instant, maybeInstant } from '../columns.ts';

/** One sign-in of an account that has not ended. */
export const openSessionSchema = z.object({
  id: z.uuid(),
  /** True for the session that asks. */
  is_current: z.boolean(),
  created_at: instant,
  /** Last time its tokens were renewed: a quarter of an hour exact. */
  refreshed_at: instant,
  aal: z.enum(['aal1', 'aal2']),
  device_id: z.uuid().nullable(),
  /** The device's own name, else what the program calls itself. */
  label: z.string(),
  platform: z.string().nullable(),
  last_sync_at: maybeInstant,
});
export type OpenSession = z.infer<typeof openSessionSchema>;

/** `POST /functions/v1/list-sessions`: the caller's own, newest first. */
export const listSessionsAnswerSchema = z.object({ sessions: z.array(openSessionSchema) });
/** `POST /functions/v1/revoke-session`: ends one of the caller's own, this one too. */
export const revokeSessionSchema = z.strictObject({ session_id: z.uuid() });
export const revokedSessionSchema = z.object({ session_id: z.uuid(), revoked_at: instant });

/** Of somebody else, by staff. */
export const listUserSessionsSchema = z.strictObject({ user_id: z.uuid() });
/** Without `session_id`: every session of the person. */
export const revokeUserSessionsSchema = z.strictObject({
  user_id: z.uuid(),
  session_id: z.uuid().optional(),
  reason: z.string().trim().min(3).max(500),
});
export const revokedUserSessionsSchema = z.object({ user_id: z.uuid(), ended: z.int() });
/** `POST /functions/v1/remove-user-factors`: for somebody whose phone is gone; the password is asked at the next sign-in as ever. */
export const removeUserFactorsSchema = z.strictObject({ user_id: z.uuid(), reason: z.string().trim().min(3).max(500) });
export const removedUserFactorsSchema = z.object({ user_id: z.uuid(), removed: z.int() });

/** `POST /functions/v1/set-security-settings`: what is left out stays as it is. */
export const securitySettingsSchema = z.strictObject({
  /** Admins and superadmins work only after a second step. */
  staff_mfa_required: z.boolean().optional(),
  /** Devices on which one student may be signed in at a time. */
  student_device_limit: z.int().min(1).max(20).optional(),
});
export const securitySettingsAnswerSchema = z.object({
  staff_mfa_required: z.boolean(),
  student_device_limit: z.int(),
});
