import { z } from 'zod';

/** Commands of the team's care for students (workflows 3.24, 3.26). */

const days = z.int().min(0).max(365);
export const updateAtRiskRulesSchema = z.strictObject({
  /** 0 = this sign is not looked at. */
  no_login_days: days,
  stuck_recording_days: days,
  stuck_assignment_days: days,
  missed_sessions_count: z.int().min(0).max(60),
});
export const atRiskRulesAnswerSchema = z.object({ v: z.uuid() });

export const alertMentorSchema = z.strictObject({ student_id: z.uuid() });
export const alertedMentorSchema = z.object({ mentor_id: z.uuid() });

export const recoveryCheckSchema = z.strictObject({
  /** Left out: everybody who went silent. */
  student_ids: z.array(z.uuid()).min(1).max(200).optional(),
  dry_run: z.boolean().default(false),
});
export const recoveryCheckAnswerSchema = z.object({
  students_checked: z.int(),
  newly_inactive: z.int(),
  sent: z.int(),
  failed: z.int(),
  recovered: z.int(),
  still_inactive: z.int(),
  churned: z.int(),
});
export type RecoveryCounts = z.infer<typeof recoveryCheckAnswerSchema>;

export const updateRecoveryStatusSchema = z.strictObject({
  recovery_id: z.uuid(),
  status: z.enum(['sent', 'failed', 'cancelled']),
  note: z.string().trim().min(1).max(500).optional(),
});
export const recoveryStatusSchema = z.object({ recovery_id: z.uuid(), message_status: z.string() });
