import { notificationSettings, type NotificationSettings } from '#contract/tables/company.ts';
import { defineSync } from '../../sync/define-sync.ts';

/** Billing, security and account messages always arrive (workflows 3.23). */
const always = /^(invoice|payment|refund|fee_|lms_|access_|password|email_changed|new_device|content_warning)/;
/** More than there will ever be templates. */
const mostMutes = 500;
const clockTime = /^([01]\d|2[0-3]):[0-5]\d$/;

/** What a person does not want to hear about, and when. */
export const notificationSettingsSync = defineSync(notificationSettings, {
  guard: async ({ actor }, { before, set, deleted }) => {
    if (deleted || (before?.['user_id'] ?? set['user_id']) !== actor.id) return 'not_allowed';
    const { mutes, quiet_hours: quiet } = set as Partial<NotificationSettings>;
    const silent = Object.keys(mutes ?? {});
    if (silent.length > mostMutes) return 'too_large';
    if (silent.some((template) => always.test(template))) return 'invalid';
    if (quiet && !(clockTime.test(quiet.from) && clockTime.test(quiet.to))) return 'invalid';
    return 'allowed';
  },
});
