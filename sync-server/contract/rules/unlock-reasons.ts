/** Why a lesson is locked (data model R13), weightiest last where several enrolments disagree (workflows 2.2). */
export const lockReasons = [
  'account_restricted',
  'no_access',
  'access_expired',
  'pathway_locked',
  'fees_not_cleared',
  'drip_locked',
  'previous_lesson_not_watched',
  'previous_assignment_not_submitted',
  'previous_assignment_not_approved',
  'previous_assignment_declined',
  'previous_lesson_not_rated',
] as const;
export type LockReason = (typeof lockReasons)[number];

/** Why a lesson is open (data model R13). */
export const openReasons = [
  'drip_bypass',
  'manually_unlocked',
  'already_watched',
  'sequential_off',
  'first_lesson',
  'requirements_met',
] as const;
export type OpenReason = (typeof openReasons)[number];

/** On a device only: it would open, but the server has not pre-authorised it, or time is not trusted. */
export type DeviceLockReason = LockReason | 'offline_unconfirmed';
