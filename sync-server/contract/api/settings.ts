import { z } from 'zod';
import { id, maybeId, maybeText } from '../columns.ts';

const line = z.string().trim().min(1).max(200);
const maybeLine = z.string().trim().min(1).max(500).nullable();
const address = z
  .url({ protocol: /^https$/ })
  .max(1000)
  .nullable();
const hexColour = z.string().regex(/^#[0-9A-Fa-f]{6}$/);
/** `HH:MM` to `HH:MM` of the company's wall clock. */
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const phone = z.string().regex(/^\+[1-9]\d{7,14}$/);
const emails = z
  .string()
  .regex(/^\s*[^@\s,]+@[^@\s,]+\.[^@\s,]+(\s*,\s*[^@\s,]+@[^@\s,]+\.[^@\s,]+)*\s*$/)
  .max(1000);
const timezone = z.string().max(60).refine(isTimeZone, 'Not the name of a time zone.');

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const brandingSchema = z.strictObject({
  logo: z
    .strictObject({ original: maybeText.optional(), favicon: maybeText.optional(), header: maybeText.optional() })
    .optional(),
  primary: hexColour.optional(),
  accent: hexColour.optional(),
  sign_in_picture: maybeText.optional(),
  pdf_header: maybeText.optional(),
});

const bannerSchema = z
  .strictObject({
    enabled: z.boolean(),
    message: z.string().trim().min(1).max(500),
    start_date: z.iso.date().nullable().default(null),
    end_date: z.iso.date().nullable().default(null),
    background_color: z.enum(['blue', 'yellow', 'red', 'green']),
    dismissible: z.boolean().default(true),
  })
  .refine(
    ({ start_date, end_date }) => start_date === null || end_date === null || start_date <= end_date,
    'The banner ends before it begins.',
  );

const aiSchema = z.strictObject({
  enabled: z.boolean().optional(),
  model: z.string().max(100).optional(),
  max_tokens: z.int().min(1).max(100_000).optional(),
  daily_token_ceiling: z.int().min(0).optional(),
  tone: z.string().max(200).optional(),
  refused_topics: z.array(z.string().max(100)).max(50).optional(),
});

/** What admins change: the banner, and how new students are received (workflows 3.35). */
export const settingsOfAdmins = {
  announcement_banner: bannerSchema.nullable(),
  /** True: the onboarding questionnaire is asked. */
  enable_student_signin: z.boolean(),
  onboarding_video_enabled: z.boolean(),
  onboarding_video_url: address,
  onboarding_document_file_id: maybeId,
  onboarding_pointers: z.array(z.string().trim().min(1).max(300)).max(20),
};

const settingsOfSuperadmins = {
  company_name: line,
  address: z.string().trim().min(1).max(500),
  contact_email: z.email().max(200),
  primary_phone: phone,
  company_email: z.email().max(200).nullable(),
  secondary_phone: phone.nullable(),
  custom_domain: maybeLine,
  lms_url: address,
  notification_email_cc: emails.nullable(),
  branding: brandingSchema,
  logo_file_id: maybeId,
  lms_sequential_unlock: z.boolean(),
  drip_enabled_default: z.boolean(),
  multi_course_enabled: z.boolean(),
  /** Kept as text for a page elsewhere; nothing of ours runs it. */
  livechat_code: z.string().max(10_000).nullable(),
  help_url: address,
  sp_daily_credits: z.int().min(0).max(200),
  recovery_inactivity_days: z.int().min(1).max(60),
  watch_complete_percent: z.int().min(50).max(100),
  offline_lease_days: z.int().min(1).max(30),
  lookahead_lessons: z.int().min(0).max(3),
  submission_max_files: z.int().min(1).max(20),
  submission_max_file_mb: z.int().min(1).max(50),
  timezone,
  default_country_code: z.string().regex(/^[1-9]\d{0,3}$/),
  rating_gate_from: z.iso.date().nullable(),
  quiet_hours: z.strictObject({ from: clockTime, to: clockTime }).nullable(),
  em_sees_all_students: z.boolean(),
  session_emails_enabled: z.boolean(),
  /** Admins and superadmins work only after a second step. */
  staff_mfa_required: z.boolean(),
  /** Devices on which one student may be signed in at a time. */
  student_device_limit: z.int().min(1).max(20),
  ai: aiSchema,
  ticket_assignees: z.record(z.string().max(40), id),
  features: z.record(z.string().max(60), z.boolean()),
};

/** Every setting of the company that a command may change. */
export const companySettingFields = Object.keys({ ...settingsOfAdmins, ...settingsOfSuperadmins });

export const updateCompanySettingsSchema = z.strictObject({
  /** The token the editor has seen; left out, the latest state is changed whatever it is. */
  expected_revision: z.uuid().optional(),
  /** Only what changes. */
  settings: z
    .strictObject({ ...settingsOfAdmins, ...settingsOfSuperadmins })
    .partial()
    .refine((settings) => Object.keys(settings).length > 0, 'Nothing to change.'),
});
export type CompanySettingsChange = z.output<typeof updateCompanySettingsSchema>['settings'];
export const settingsSavedSchema = z.object({ id, revision: z.uuid() });

export const restoreSettingsSchema = z.strictObject({ revision_id: id });

export const saveTemplateSchema = z.strictObject({
  /** Left out: a new template. */
  id: id.optional(),
  key: z.string().regex(/^[a-z][a-z0-9_]{0,59}$/),
  channel: z.enum(['in_app', 'email', 'whatsapp']).default('in_app'),
  language: z
    .string()
    .regex(/^[a-z]{2}$/)
    .default('en'),
  title_md: z.string().trim().min(1).max(300),
  body_md: z.string().trim().min(1).max(10_000),
  /** Names that may stand in braces. */
  variables: z
    .array(z.string().regex(/^[a-z][a-z0-9_]{0,59}$/))
    .max(40)
    .default([]),
  active: z.boolean().default(true),
});
export const templateSavedSchema = z.object({ id, revision: z.uuid() });
export const deleteTemplateSchema = z.strictObject({ id });
export const templateDeletedSchema = z.object({ id });

/** What stands on the sign-in page, before anybody is known. */
export const publicCompanySchema = z.object({
  name: z.string(),
  /** Path below the server's own address. */
  logo_url: maybeText,
});
