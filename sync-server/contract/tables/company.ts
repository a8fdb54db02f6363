import { z } from 'zod';
import { id, instant, maybeId, maybeInstant, maybeText, standard, text } from '../columns.ts';
import { defineTable, type Doc } from '../define-table.ts';

const settings = z.record(z.string(), z.unknown());
/** `HH:MM` to `HH:MM` of the company's wall clock. */
const quietHours = z.object({ from: text, to: text }).nullable();

/** The company's public face and the rules devices run by; what only staff read is optional. The id is fixed. */
export const companySettings = defineTable({
  name: 'company_settings',
  family: 'company',
  row: z.object({
    ...standard,
    company_name: text,
    address: text,
    contact_email: text,
    primary_phone: text,
    company_email: maybeText,
    secondary_phone: maybeText,
    branding: settings,
    logo_file_id: maybeId,
    timezone: text,
    default_country_code: text,
    lms_sequential_unlock: z.boolean(),
    drip_enabled_default: z.boolean(),
    multi_course_enabled: z.boolean(),
    /** True: the onboarding questionnaire is asked. */
    enable_student_signin: z.boolean(),
    onboarding_video_enabled: z.boolean(),
    onboarding_video_url: maybeText,
    onboarding_document_file_id: maybeId,
    onboarding_pointers: z.array(z.unknown()),
    watch_complete_percent: z.int().min(50).max(100),
    offline_lease_days: z.int().min(1).max(30),
    lookahead_lessons: z.int().min(0).max(3),
    submission_max_files: z.int().min(1).max(20),
    submission_max_file_mb: z.int().min(1).max(50),
    sp_daily_credits: z.int().min(0).max(200),
    recovery_inactivity_days: z.int().min(1).max(60),
    /** Ratings are required from this day on; null = the rating gate is off. */
    rating_gate_from: maybeText,
    announcement_banner: settings.nullable(),
    help_url: maybeText,
    custom_domain: maybeText.optional(),
    lms_url: maybeText.optional(),
    notification_email_cc: maybeText.optional(),
    quiet_hours: quietHours.optional(),
    em_sees_all_students: z.boolean().optional(),
    session_emails_enabled: z.boolean().optional(),
    staff_mfa_required: z.boolean().optional(),
    student_device_limit: z.int().min(1).max(20).optional(),
    ai: settings.optional(),
    ticket_assignees: settings.optional(),
    features: settings.optional(),
    /** A third party's script. Staff read it online, to copy it elsewhere; no device holds it and nothing runs it. */
    livechat_code: maybeText.optional(),
  }),
  device: {},
});
export type CompanySettings = Doc<typeof companySettings>;

/** One line of a person's inbox. */
export const notifications = defineTable({
  name: 'notifications',
  family: 'notifications',
  row: z.object({
    ...standard,
    user_id: id,
    type: text,
    template_key: maybeText,
    title: text,
    body: text,
    /** Where it leads: `{ link: 'lesson/<id>' }` (screens 1.6). */
    payload: z.record(z.string(), z.unknown()),
    sent_at: instant,
    read_at: maybeInstant,
    dismissed_at: maybeInstant,
  }),
  device: { update: { read_at: 'min', dismissed_at: 'min' } },
});
export type Notification = Doc<typeof notifications>;

/** What a person does not want to hear about, and when. */
export const notificationSettings = defineTable({
  name: 'notification_settings',
  family: 'notifications',
  naturalKey: ['user_id'],
  row: z.object({
    ...standard,
    user_id: id,
    /** Channels that are silent, by template. */
    mutes: z.record(z.string().max(60), z.array(z.string().max(20)).max(10)),
    whatsapp_opt_in: z.boolean(),
    /** When and where the person agreed to WhatsApp messages; null = not now. */
    whatsapp_opt_in_at: maybeInstant,
    whatsapp_opt_in_source: maybeText,
    email_digest: z.boolean(),
    quiet_hours: quietHours,
  }),
  device: {
    insert: ['id', 'user_id', 'mutes', 'whatsapp_opt_in', 'email_digest', 'quiet_hours'],
    update: { mutes: 'lww', whatsapp_opt_in: 'lww', email_digest: 'lww', quiet_hours: 'lww' },
  },
});
export type NotificationSettings = Doc<typeof notificationSettings>;

/** A pushed change the server refused, with the text it carried: nothing a person wrote is lost. */
export const syncRejections = defineTable({
  name: 'sync_rejections',
  family: 'notifications',
  row: z.object({
    ...standard,
    user_id: id,
    device_id: maybeId,
    collection: text,
    doc_id: text,
    code: text,
    message: text,
    pushed_doc: z.record(z.string(), z.unknown()),
    acknowledged_at: maybeInstant,
  }),
  device: { update: { acknowledged_at: 'min' } },
});
export type SyncRejection = Doc<typeof syncRejections>;
