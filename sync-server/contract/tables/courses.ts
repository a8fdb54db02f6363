import { z } from 'zod';
import { count, day, id, instant, maybeId, maybeInstant, maybeText, money, standard, text } from '../columns.ts';
import { defineTable, type Doc } from '../define-table.ts';

/** A sellable course. */
export const courses = defineTable({
  name: 'courses',
  family: 'courses',
  row: z.object({
    ...standard,
    title: text,
    description: maybeText,
    thumbnail_file_id: maybeId,
    price: money.optional(),
    currency: text.optional(),
    is_active: z.boolean(),
    is_published: z.boolean(),
    is_default: z.boolean(),
    sequence_order: count,
    /** null = the company's maximum */
    max_installments: z.int().nullable().optional(),
    track_id: maybeId.optional(),
    access_duration_days: z.int().nullable(),
    /** null = company default */
    drip_enabled: z.boolean().nullable(),
  }),
  device: {},
});
export type Course = Doc<typeof courses>;

/** An ordered programme of courses. */
export const learningPathways = defineTable({
  name: 'learning_pathways',
  family: 'courses',
  row: z.object({
    ...standard,
    name: text,
    description: maybeText,
    thumbnail_file_id: maybeId,
    price: money.optional(),
    currency: text.optional(),
    is_active: z.boolean(),
    is_published: z.boolean(),
    max_installments: z.int().nullable().optional(),
    access_duration_days: z.int().nullable().optional(),
    drip_enabled: z.boolean().nullable(),
  }),
  device: {},
});
export type LearningPathway = Doc<typeof learningPathways>;

/** A step of a pathway. */
export const pathwayCourses = defineTable({
  name: 'pathway_courses',
  family: 'courses',
  row: z.object({
    ...standard,
    pathway_id: id,
    course_id: id,
    step_number: z.int().min(1),
    is_choice_point: z.boolean(),
    choice_group: z.int().nullable(),
    is_mandatory: z.boolean(),
  }),
  device: {},
});
export type PathwayCourse = Doc<typeof pathwayCourses>;

/** Ordered section of a course. */
export const modules = defineTable({
  name: 'modules',
  family: 'courses',
  row: z.object({ ...standard, course_id: id, title: text, description: maybeText, sequence_order: count }),
  device: {},
});
export type Module = Doc<typeof modules>;

/** A cohort with a start date. */
export const batches = defineTable({
  name: 'batches',
  family: 'courses',
  row: z.object({
    ...standard,
    name: text,
    start_date: day,
    course_id: maybeId,
    pathway_id: maybeId,
    timezone: text,
    /** Wall time in the batch's zone, `20:00:00`. */
    default_session_time: text.optional(),
    status: z.enum(['draft', 'active', 'completed']),
    whatsapp_group_link: maybeText.optional(),
    facebook_community_link: maybeText.optional(),
  }),
  device: {},
});
export type Batch = Doc<typeof batches>;

/** The student's right to a course or pathway. Money columns reach only the student. */
export const courseEnrollments = defineTable({
  name: 'course_enrollments',
  family: 'courses',
  row: z.object({
    ...standard,
    student_id: id,
    course_id: maybeId,
    pathway_id: maybeId,
    current_course_id: maybeId,
    batch_id: maybeId,
    /** The pathway stands at a step where the student has to pick a course. */
    awaiting_choice: z.boolean().optional(),
    enrollment_source: z.enum(['direct', 'pathway']),
    status: z.enum(['active', 'completed', 'paused', 'cancelled']),
    enrolled_at: instant,
    completed_at: maybeInstant,
    access_expires_at: maybeInstant,
    progress_percentage: z.int().min(0).max(100),
    drip_override: z.boolean(),
    drip_enabled: z.boolean().nullable(),
    sequential_override: z.boolean(),
    sequential_enabled: z.boolean().nullable(),
    payment_status: z.enum(['pending', 'partial', 'paid', 'waived', 'refunded']).optional(),
    total_amount: money.optional(),
    amount_paid: money.optional(),
  }),
  device: {},
});
export type CourseEnrollment = Doc<typeof courseEnrollments>;
