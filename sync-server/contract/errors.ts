/**
 * Every error code a caller may meet, with its HTTP status (workflows 0.2). The words are the interface's
 * (`renderer/locales/en/errors.json`); the body is always `{ success: false, error, code, details?, requestId }`.
 */
export const errorStatus = {
  /** No session, or one the server does not know. Sign in again. */
  AUTH_REQUIRED: 401,
  /** Signed in, but this role or person may not. */
  PERMISSION_DENIED: 403,
  /** The account is limited to billing, tickets, messages and own work. */
  ACCOUNT_RESTRICTED: 403,
  /** The account may not sign in. */
  LOGIN_BLOCKED: 403,
  /** The device still holds what it was told to forget: ask `/sync/v1/wipe-order` and wipe first. By itself it wipes nothing. */
  WIPE_DUE: 409,
  /** The body or a parameter does not fit; `details` names the fields. */
  INVALID_INPUT: 422,
  NOT_FOUND: 404,
  CONFLICT: 409,
  IN_PROGRESS: 409,
  IDEMPOTENCY_MISMATCH: 422,
  /** Wait for `Retry-After` seconds. */
  RATE_LIMIT_EXCEEDED: 429,
  TOO_LARGE: 413,
  FILE_TYPE: 415,
  /** The device speaks a protocol this server no longer serves: update the app. Pushes stay accepted. */
  UPGRADE_REQUIRED: 426,
  UPSTREAM_FAILED: 502,
  UNAVAILABLE: 503,
  UPSTREAM_TIMEOUT: 504,
  INTERNAL_ERROR: 500,
} as const;
export type ErrorCode = keyof typeof errorStatus;

/** Why the server refused a pushed document: this list and no other (workflows 0.2, screens 3.4). */
export const refusalCodes = [
  'not_allowed',
  'locked',
  'closed',
  'already_reviewed',
  'submission_open',
  'already_approved',
  'stale',
  'taken',
  'invalid',
  'too_large',
  'file_type',
  'duplicate',
  'unknown',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

/** What a rule says: go on, or the reason why not. */
export type Verdict = 'allowed' | RefusalCode;
