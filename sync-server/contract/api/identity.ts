import { z } from 'zod';
import { instant, maybeInstant } from '../columns.ts';
import { roleSchema } from '../roles.ts';
import { accessCauses, lmsStatuses } from '../tables/people.ts';

/**
 * The public name of our own app towards the server, sent by supabase-js as `apikey` and, before sign-in, as bearer token.
 * It opens nothing and is no secret.
 */
export const anonKey = 'growth-os-web';

/**
 * Every error code of `/auth/v1`, in the words supabase-js knows, with its status. The body is
 * `{ success: false, code, error_code, msg, message, error, requestId }`; a few answers carry another status than the one here,
 * as GoTrue's do. Only an answer with one of these codes comes from our own
 * server: a client that must tell it from a proxy's page checks `code` against this table.
 */
export const authErrorStatus = {
  /** Wrong address or password, or too many tries: the three are never told apart. */
  invalid_credentials: 400,
  validation_failed: 400,
  /** Not a token of ours, or one that has ended: refresh and try again. */
  bad_jwt: 403,
  /** No bearer token at all. */
  no_authorization: 401,
  /** The session was ended. Sign in again. */
  session_not_found: 403,
  /** The account may not sign in: blocked, deactivated or suspended. */
  user_banned: 403,
  not_admin: 403,
  user_not_found: 404,
  /** The session must first give the code of the person's second factor, or set one up. */
  insufficient_aal: 403,
  mfa_factor_not_found: 404,
  mfa_factor_name_conflict: 422,
  too_many_enrolled_mfa_factors: 422,
  /** A wrong code, or one that was used before. */
  mfa_verification_failed: 422,
  /** The challenge was answered before, belongs to another session, or is too old: ask for a new one. */
  mfa_challenge_expired: 422,
  /** After several wrong codes; `Retry-After` says how long. The right code is not taken either meanwhile. */
  over_request_rate_limit: 429,
  mfa_recovery_codes_locked: 429,
  /** Recovery codes stand beside another factor, never alone. */
  mfa_recovery_codes_sole_factor: 422,
  mfa_verified_factor_exists: 422,
  mfa_phone_enroll_not_enabled: 422,
  mfa_webauthn_enroll_not_enabled: 422,
  refresh_token_not_found: 400,
  /** An older refresh token came back: all tokens of the session are void. */
  refresh_token_already_used: 400,
  session_expired: 400,
  /** The recovery or invitation link was used or is too old. */
  otp_expired: 403,
  weak_password: 422,
  same_password: 422,
  /** Changing the password needs the current one, or a sign-in of the last few minutes. */
  reauthentication_needed: 400,
  /** The code from the mail is wrong or too old. */
  reauthentication_not_valid: 422,
  email_exists: 422,
  /** Accounts are made by the academy only; the following doors are closed for good. */
  signup_disabled: 422,
  anonymous_provider_disabled: 422,
  phone_provider_disabled: 422,
  otp_disabled: 422,
  provider_disabled: 422,
  saml_provider_disabled: 404,
  manual_linking_disabled: 404,
  identity_not_found: 404,
  single_identity_not_deletable: 422,
  flow_state_not_found: 404,
  over_email_send_rate_limit: 429,
  not_found: 404,
  conflict: 409,
  /** Busy; `Retry-After` says when. `/token` answers this and never 429, which clients take as the end of the session. */
  request_timeout: 503,
  unexpected_failure: 500,
} as const;
export type AuthErrorCode = keyof typeof authErrorStatus;

/** Bounds of a password; beyond them it may be anything that is not among the most common ones. */
export const passwordLength = { min: 8, max: 128 } as const;

/** Headers with which a device introduces itself at sign-in. Only the id is checked afterwards. */
export const deviceHeaders = {
  id: 'x-device-id',
  label: 'x-device-label',
  platform: 'x-device-platform',
  appVersion: 'x-app-version',
} as const;

/** Answer of `POST /functions/v1/whoami`: what the server holds to be true about the caller now. */
export const whoamiSchema = z.object({
  id: z.uuid(),
  email: z.string(),
  full_name: z.string(),
  role: roleSchema,
  lms_status: z.enum(lmsStatuses),
  lms_status_reason: z.enum(accessCauses).nullable(),
  /** True while only payment causes are open: learning is closed, billing, tickets, messages and own work stay. */
  restricted: z.boolean(),
  /** True while the account has a password that somebody else chose: only a change of password is allowed. */
  password_required: z.boolean(),
  session_id: z.uuid(),
  aal: z.enum(['aal1', 'aal2']),
  /** What this session still owes before anything else is open to it: a code, a factor at all, or nothing. */
  second_step: z.enum(['none', 'verify', 'enrol']),
  device_id: z.uuid().nullable(),
  server_time: instant,
  /** Until when this device may show content without contact; null without a registered device. */
  lease_until: maybeInstant,
  protocol: z.object({ current: z.int(), oldest_pulled: z.int() }),
});
export type Whoami = z.infer<typeof whoamiSchema>;

/** `POST /functions/v1/revoke-device`: signs one of the caller's own devices out, for good. */
export const revokeDeviceRequestSchema = z.strictObject({ device_id: z.uuid() });
/** `ended`: how many sessions it still had. */
export const revokeDeviceResponseSchema = z.object({ device_id: z.uuid(), revoked_at: instant, ended: z.int() });

/** `POST /auth/v1/setup`: the first superadmin of an empty installation; answers like a sign-in. */
export const setupRequestSchema = z.object({
  /** The one-time secret that the server printed. */
  token: z.string().min(20).max(200),
  company_name: z.string().trim().min(1).max(100),
  full_name: z.string().trim().min(1).max(100),
  email: z.email().max(254),
  password: z.string().max(1024),
});
