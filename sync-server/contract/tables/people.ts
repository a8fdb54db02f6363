import { z } from 'zod';
import { count, id, instant, maybeId, maybeInstant, maybeText, standard, text } from '../columns.ts';
import { defineTable, type Doc } from '../define-table.ts';
import { roleSchema } from '../roles.ts';

export const lmsStatuses = ['inactive', 'active', 'suspended', 'complete', 'dropout', 'refunded'] as const;
export type LmsStatus = (typeof lmsStatuses)[number];
export const accessCauses = ['overdue', 'unpaid', 'expired', 'manual', 'scheduled', 'security', 'refund'] as const;

/** One row per person, any role. */
export const users = defineTable({
  name: 'users',
  family: 'people',
  row: z.object({
    ...standard,
    email: z.email().optional(),
    full_name: text.min(1).max(100),
    role: roleSchema,
    /** E.164 */
    phone: z
      .string()
      .regex(/^\+[1-9]\d{7,14}$/)
      .nullable()
      .optional(),
    status: z.enum(['active', 'inactive', 'suspended']),
    lms_status: z.enum(lmsStatuses),
    lms_status_reason: z.enum(accessCauses).nullable(),
    last_active_at: maybeInstant.optional(),
    is_temp_password: z.boolean().optional(),
    dream_goal_summary: z.string().max(5000).nullable().optional(),
    avatar_file_id: maybeId,
  }),
  device: { update: { full_name: 'lww', phone: 'lww', avatar_file_id: 'lww', dream_goal_summary: 'lww' } },
});
export type User = Doc<typeof users>;

/** A student's extension of `users`; same id. */
export const students = defineTable({
  name: 'students',
  family: 'people',
  row: z.object({
    ...standard,
    student_number: text,
    enrollment_date: instant,
    fees_cleared: z.boolean(),
    onboarding_completed: z.boolean(),
    onboarding_video_watched: z.boolean().optional(),
    /** The student's word that every question is answered; the server answers in `onboarding_completed`. */
    onboarding_submitted_at: maybeInstant.optional(),
    /** `{question_id: {questionText, value, order}}`, put together by the server. */
    answers_json: z.record(z.string(), z.unknown()).nullable().optional(),
    goal_brief: maybeText.optional(),
    leaderboard_hidden: z.boolean().optional(),
    recovery_opt_out: z.boolean().optional(),
  }),
  device: {
    update: {
      onboarding_video_watched: 'or',
      onboarding_submitted_at: 'intent',
      leaderboard_hidden: 'lww',
      recovery_opt_out: 'lww',
    },
  },
});
export type Student = Doc<typeof students>;

/** Mentor profile and directory entry; same id as the user. */
export const mentors = defineTable({
  name: 'mentors',
  family: 'people',
  row: z.object({
    ...standard,
    display_name: text,
    bio: z.string().max(5000).nullable(),
    specialties: z.array(text.max(80)).max(40),
    max_students: count.optional(),
    accepting_students: z.boolean(),
    avatar_file_id: maybeId,
  }),
  device: { update: { bio: 'lww', specialties: 'lww', accepting_students: 'lww', avatar_file_id: 'lww' } },
});
export type Mentor = Doc<typeof mentors>;

/** Who mentors whom. */
export const studentMentorAssignments = defineTable({
  name: 'student_mentor_assignments',
  family: 'people',
  row: z.object({
    ...standard,
    student_id: id,
    mentor_id: id,
    is_primary: z.boolean(),
    assigned_at: instant,
    ended_at: maybeInstant,
  }),
  device: {},
});
export type StudentMentorAssignment = Doc<typeof studentMentorAssignments>;

/** Which courses a mentor covers; `course_id` null means every course (global mentor). */
export const mentorCourseAssignments = defineTable({
  name: 'mentor_course_assignments',
  family: 'people',
  row: z.object({ ...standard, mentor_id: id, course_id: maybeId, is_global: z.boolean(), is_primary: z.boolean() }),
  device: {},
});
export type MentorCourseAssignment = Doc<typeof mentorCourseAssignments>;

/** A device this person signed in on. */
export const devices = defineTable({
  name: 'devices',
  family: 'people',
  row: z.object({
    ...standard,
    user_id: id,
    label: text.max(80),
    platform: text,
    app_version: maybeText,
    registered_at: instant,
    last_sync_at: maybeInstant,
    lease_until: maybeInstant,
    revoked_at: maybeInstant,
  }),
  device: { update: { label: 'lww' } },
});
export type Device = Doc<typeof devices>;
