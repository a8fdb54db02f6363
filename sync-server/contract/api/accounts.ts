import { z } from 'zod';
import { instant, maybeInstant } from '../columns.ts';
import { roleSchema } from '../roles.ts';
import { accessCauses, lmsStatuses } from '../tables/people.ts';
import { invoiceAnswerSchema } from './billing.ts';

/** Commands of staff on people and accounts (workflows 3.4 to 3.10). All need an `Idempotency-Key`. */

const userId = z.uuid();
/** Why; kept in the audit trail, never shown to the person. */
const reason = z.string().trim().min(3).max(1000);
const fullName = z.string().trim().min(3).max(100);
const email = z.string().trim().toLowerCase().max(254).pipe(z.email());
/** As typed: separators are dropped, and a number that begins with the academy's country code gets its plus sign. */
const phone = z.string().trim().min(8).max(30);
/** Version token the caller saw; another one on the server is CONFLICT. */
const expectedRevision = z.uuid().optional();

/** What became of the mail that a command queued. `queued`: it waits, for its turn or for a mail service to be configured. */
export const mailOutcomeSchema = z.object({
  status: z.enum(['sent', 'queued', 'failed', 'not_asked']),
  reason: z.string().optional(),
});
export type MailOutcome = z.infer<typeof mailOutcomeSchema>;

export const createTeamMemberSchema = z.strictObject({
  email,
  full_name: fullName,
  role: roleSchema,
  phone: phone.optional(),
});
export const createdTeamMemberSchema = z.object({
  user_id: z.uuid(),
  role: roleSchema,
  email_status: mailOutcomeSchema,
});

export const discountSchema = z.strictObject({
  type: z.enum(['fixed', 'percentage']),
  /** Minor units, or percent 0..100. */
  value: z.number().min(0),
  reason: z.string().trim().max(500).optional(),
});
export type Discount = z.infer<typeof discountSchema>;

/** Switches of one enrolment; left out = as the pathway, course and company say. */
export const overridesSchema = z.strictObject({
  drip_enabled: z.boolean().nullable().optional(),
  sequential_enabled: z.boolean().nullable().optional(),
});

/** What is agreed with a student, or with many at once. */
const studentTerms = {
  pathway_id: z.uuid().optional(),
  course_id: z.uuid().optional(),
  batch_id: z.uuid().optional(),
  installment_count: z.int().min(1).max(12).optional(),
  /** The whole fee in minor units, instead of the price of what is bought; for admins. */
  total_amount: z.int().min(0).optional(),
  discount: discountSchema.optional(),
  overrides: overridesSchema.optional(),
  mentor_id: z.uuid().optional(),
  send_email: z.boolean().default(true),
  whatsapp_opt_in: z.boolean().default(false),
};
const oneTarget = ({
  pathway_id,
  course_id,
}: {
  pathway_id?: string | undefined;
  course_id?: string | undefined;
}): boolean => !(pathway_id && course_id);
const twoTargets = { path: ['course_id'], message: 'Name a pathway or a course, not both.' };

export const createStudentSchema = z
  .strictObject({ full_name: fullName, email, phone: phone.optional(), ...studentTerms })
  .refine(oneTarget, twoTargets);
export type CreateStudent = z.infer<typeof createStudentSchema>;

/** `POST /functions/v1/bulk-create-students` (workflows 3.5). */
export const bulkStudentsSchema = z.strictObject({
  /** Names the list: sent again under it, what is done is skipped. */
  batch_id: z.uuid(),
  /** Name, address and number, a student a line (`readStudentRows`); at most 500. */
  text: z.string().min(1).max(200_000),
  terms: z.strictObject(studentTerms).refine(oneTarget, twoTargets),
  /** Looks at every line and creates nobody. */
  dry_run: z.boolean().default(false),
});
export type BulkStudents = z.infer<typeof bulkStudentsSchema>;
export const bulkStudentRowSchema = z.object({
  /** Line of the text, from 1. */
  row: z.int(),
  email: z.string(),
  status: z.enum(['created', 'done_before', 'valid', 'failed']),
  /** Why it failed: a code of errors, or what stood in the way (`EMAIL_EXISTS`, `PHONE_EXISTS`, `REPEATED`, `DISCOUNT_LIMIT`). */
  code: z.string().optional(),
  message: z.string().optional(),
  user_id: z.uuid().optional(),
  student_number: z.string().optional(),
});
export type BulkStudentRow = z.infer<typeof bulkStudentRowSchema>;
export const bulkStudentsReportSchema = z.object({
  created: z.int(),
  done_before: z.int(),
  failed: z.int(),
  rows: z.array(bulkStudentRowSchema),
});
export type BulkStudentsReport = z.infer<typeof bulkStudentsReportSchema>;

/** An invoice as far as whoever enrols needs to see it. */
export type IssuedInvoice = z.infer<typeof invoiceAnswerSchema>;

export const enrolledSchema = z.object({
  enrollment_id: z.uuid(),
  /** Minor units, after the discount. */
  total_amount: z.int(),
  currency: z.string(),
  payment_status: z.string(),
  access_expires_at: maybeInstant,
  invoices: z.array(invoiceAnswerSchema),
});
export type Enrolled = z.infer<typeof enrolledSchema>;

export const createdStudentSchema = z.object({
  user_id: z.uuid(),
  student_number: z.string(),
  enrolment: enrolledSchema,
  email_status: mailOutcomeSchema,
});

export const updateStudentSchema = z
  .strictObject({
    user_id: userId,
    full_name: fullName.optional(),
    email: email.optional(),
    phone: phone.nullable().optional(),
    /** Sends the activation link again; never a password. */
    resend_credentials: z.boolean().optional(),
    expected_revision: expectedRevision,
  })
  .refine((input) => Object.keys(input).some((key) => key !== 'user_id' && key !== 'expected_revision'), {
    message: 'Nothing to change.',
  });
export const updatedStudentSchema = z.object({ user_id: z.uuid(), v: z.uuid(), email_status: mailOutcomeSchema });

export const resetPasswordSchema = z.strictObject({ user_id: userId });
export const resetPasswordAnswerSchema = z.object({ user_id: z.uuid(), email_status: mailOutcomeSchema });

export const changeRoleSchema = z.strictObject({ user_id: userId, role: roleSchema, reason });
export const changedRoleSchema = z.object({ user_id: z.uuid(), before: roleSchema, after: roleSchema });

export const setLoginBlockedSchema = z.strictObject({ user_id: userId, blocked: z.boolean(), reason });
export const loginBlockedSchema = z.object({ user_id: z.uuid(), blocked: z.boolean() });

export const deleteUserSchema = z.strictObject({
  user_id: userId,
  /** `deactivate` closes the account; `erase`, afterwards, removes the person from it for good. */
  mode: z.enum(['deactivate', 'erase']),
  reason,
  /** The account's e-mail address, typed again. */
  confirm_email: email,
});
export const deletedUserSchema = z.object({
  user_id: z.uuid(),
  mode: z.enum(['deactivate', 'erase']),
  done_at: instant,
});
export const reactivateUserSchema = z.strictObject({ user_id: userId, reason });
export const reactivatedUserSchema = z.object({ user_id: z.uuid(), status: z.string() });

/** Where a student stands after a command that may have changed it. */
export const accessStateSchema = z.object({
  user_id: z.uuid(),
  lms_status: z.enum(lmsStatuses),
  /** The weightiest cause that is still open. */
  lms_status_reason: z.enum(accessCauses).nullable(),
  /** All causes that are still open. */
  open_causes: z.array(z.enum(accessCauses)),
});
export type AccessState = z.infer<typeof accessStateSchema>;

export const suspendStudentSchema = z.strictObject({
  user_id: userId,
  cause: z.enum(['manual', 'security']),
  reason,
  /** When it ends by itself. */
  ends_at: instant.optional(),
});
export const liftSuspensionSchema = z.strictObject({ user_id: userId, suspension_id: z.uuid(), reason });
export const scheduleSuspensionSchema = z.strictObject({
  user_id: userId,
  starts_at: instant,
  ends_at: instant.optional(),
  reason,
});
export const scheduledSuspensionSchema = z.object({
  id: z.uuid(),
  user_id: z.uuid(),
  starts_at: instant,
  ends_at: maybeInstant,
});
export const cancelScheduledSuspensionSchema = z.strictObject({ user_id: userId, scheduled_suspension_id: z.uuid() });
export const setStudentOutcomeSchema = z.strictObject({
  user_id: userId,
  outcome: z.enum(['dropout', 'complete', 'none']),
  reason,
});

export const assignMentorSchema = z.strictObject({
  student_id: userId,
  mentor_id: userId,
  is_primary: z.boolean().default(true),
  /** Beyond the mentor's capacity. */
  override_capacity: z.boolean().default(false),
});
export const unassignMentorSchema = z.strictObject({ student_id: userId, mentor_id: userId });
export const mentorAssignmentSchema = z.object({
  id: z.uuid(),
  student_id: z.uuid(),
  mentor_id: z.uuid(),
  is_primary: z.boolean(),
  ended_at: maybeInstant,
});

export const unlockLessonSchema = z.strictObject({ user_id: userId, lesson_id: z.uuid(), reason });
export const lessonUnlockSchema = z.object({
  user_id: z.uuid(),
  lesson_id: z.uuid(),
  is_unlocked: z.boolean(),
  lesson_reason: z.string(),
});

export const revokeUserDeviceSchema = z.strictObject({ user_id: userId, device_id: z.uuid(), reason });
export const revokedUserDeviceSchema = z.object({ device_id: z.uuid(), revoked_at: instant, ended: z.int() });

const enrolmentId = { enrollment_id: z.uuid(), expected_revision: expectedRevision };
export const manageEnrolmentSchema = z.discriminatedUnion('action', [
  z
    .strictObject({
      action: z.literal('grant'),
      student_id: userId,
      pathway_id: z.uuid().optional(),
      course_id: z.uuid().optional(),
      batch_id: z.uuid().optional(),
      installment_count: z.int().min(1).max(12).optional(),
      total_amount: z.int().min(0).optional(),
      discount: discountSchema.optional(),
      overrides: overridesSchema.optional(),
    })
    .refine(({ pathway_id, course_id }) => !(pathway_id && course_id), {
      path: ['course_id'],
      message: 'Name a pathway or a course, not both.',
    }),
  z.strictObject({ action: z.literal('terminate'), ...enrolmentId, reason }),
  z.strictObject({ action: z.literal('reactivate'), ...enrolmentId, reason }),
  z.strictObject({ action: z.literal('move_batch'), ...enrolmentId, batch_id: z.uuid().nullable() }),
  z.strictObject({ action: z.literal('set_overrides'), ...enrolmentId, overrides: overridesSchema }),
  z.strictObject({ action: z.literal('renew'), ...enrolmentId, access_expires_at: instant, reason }),
]);
export type ManageEnrolment = z.infer<typeof manageEnrolmentSchema>;
export const managedEnrolmentSchema = z.object({
  enrollment_id: z.uuid(),
  student_id: z.uuid(),
  status: z.string(),
  v: z.uuid(),
  invoices: z.array(invoiceAnswerSchema),
});
