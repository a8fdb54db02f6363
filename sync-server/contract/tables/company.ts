import { z } from 'zod';
import { id, instant, maybeId, maybeInstant, maybeText, standard, text } from '../columns.ts';
import { defineTable, type Doc } from '../define-table.ts';

/** The company's public face and the rules devices run by (a projection of the settings row; id is fixed). */
export const companySettings = defineTable({
  name: 'company_settings',
  family: 'company',
  row: z.object({
    ...standard,
    company_name: text,
    contact_email: text,
    primary_phone: text,
    branding: z.record(z.string(), z.unknown()),
    timezone: text,
    lms_sequential_unlock: z.boolean(),
    drip_enabled_default: z.boolean(),
    watch_complete_percent: z.int().min(50).max(100),
    offline_lease_days: z.int().min(1).max(30),
    lookahead_lessons: z.int().min(0).max(3),
    submission_max_files: z.int().min(1).max(20),
    submission_max_file_mb: z.int().min(1).max(50),
    recovery_inactivity_days: z.int().min(1).max(60),
    /** Ratings are required from this day on; null = the rating gate is off. */
    rating_gate_from: maybeText,
    announcement_banner: z.record(z.string(), z.unknown()).nullable(),
    help_url: maybeText,
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
    email_digest: z.boolean(),
    quiet_hours: z.object({ from: text, to: text }).nullable(),
  }),
  device: {
    insert: ['id', 'user_id', 'mutes', 'email_digest', 'quiet_hours'],
    update: { mutes: 'lww', email_digest: 'lww', quiet_hours: 'lww' },
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
