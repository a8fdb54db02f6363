import { z } from 'zod';
import { count, day, id, instant, maybeInstant, maybeText, standard, text } from '../columns.ts';
import { defineTable, type Doc } from '../define-table.ts';

/** What the team writes down about a student. Never reaches the student; written once, also offline. */
export const studentNotes = defineTable({
  name: 'student_notes',
  family: 'people',
  row: z.object({
    ...standard,
    student_id: id,
    author_id: id,
    /** The author's name when it was written; the server fills it in. */
    author_name: text,
    /** `contact`: somebody spoke with the student, which settles an open at-risk flag. */
    kind: z.enum(['note', 'contact', 'risk']),
    body: text.min(1).max(1000),
  }),
  device: { insert: ['id', 'student_id', 'author_id', 'kind', 'body'] },
});
export type StudentNote = Doc<typeof studentNotes>;

/** From when on a student counts as at risk; one row, 0 = that sign is off. */
export const atRiskRules = defineTable({
  name: 'at_risk_rules',
  family: 'company',
  row: z.object({
    ...standard,
    no_login_days: count,
    stuck_recording_days: count,
    stuck_assignment_days: count,
    missed_sessions_count: count,
    /** False until staff have set them for the first time. */
    configured: z.boolean(),
  }),
  device: {},
});
export type AtRiskRules = Doc<typeof atRiskRules>;

export const atRiskCodes = ['no_login', 'stuck_recording', 'stuck_assignment', 'missed_sessions'] as const;
export const atRiskReason = z.object({ code: z.enum(atRiskCodes), since: instant });

/** A time in which a student was at risk; one is open per student at most. */
export const atRiskFlags = defineTable({
  name: 'at_risk_flags',
  family: 'people',
  row: z.object({
    ...standard,
    student_id: id,
    opened_at: instant,
    reasons: z.array(atRiskReason),
    /** Two reasons or more, or one for over 7 days. */
    is_critical: z.boolean(),
    last_contact_at: maybeInstant,
    closed_at: maybeInstant,
    closed_as: z.enum(['resolved_by_student', 'resolved_by_team']).nullable(),
  }),
  device: {},
});
export type AtRiskFlag = Doc<typeof atRiskFlags>;

/** One attempt to win back a student who went silent; up to three make a cycle. */
export const studentRecoveryMessages = defineTable({
  name: 'student_recovery_messages',
  family: 'people',
  row: z.object({
    ...standard,
    student_id: id,
    recovery_cycle: z.int().min(1),
    attempt: z.int().min(1).max(3),
    days_inactive: count,
    message_type: z.enum(['whatsapp_inactive', 'email_reminder']),
    channel: z.enum(['whatsapp', 'email']),
    message_status: z.enum(['pending', 'sent', 'failed', 'recovered', 'churned', 'cancelled']),
    message_content: maybeText,
    error_message: maybeText,
    message_sent_at: maybeInstant,
    responded_at: maybeInstant,
    escalated_at: maybeInstant,
    last_check_date: day.nullable(),
    recovery_successful: z.boolean().nullable(),
    recovered_at: maybeInstant,
    close_cause: z.enum(['activity', 'reply', 'offline_activity']).nullable(),
  }),
  device: {},
});
export type StudentRecoveryMessage = Doc<typeof studentRecoveryMessages>;

/** What one day's look for silent students came to. */
export const studentRecoveryChecks = defineTable({
  name: 'student_recovery_checks',
  family: 'people',
  row: z.object({
    ...standard,
    check_date: day,
    students_checked: count,
    newly_inactive: count,
    sent: count,
    failed: count,
    recovered: count,
    still_inactive: count,
    churned: count,
    check_completed_at: maybeInstant,
  }),
  device: {},
});
export type StudentRecoveryCheck = Doc<typeof studentRecoveryChecks>;
