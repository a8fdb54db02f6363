import { roles } from '#contract/roles.ts';
import { permissions } from '../view.ts';

const face = [
  'company_name',
  'address',
  'contact_email',
  'primary_phone',
  'company_email',
  'secondary_phone',
  'branding',
  'logo_file_id',
  'timezone',
  'default_country_code',
  'lms_sequential_unlock',
  'drip_enabled_default',
  'multi_course_enabled',
  'enable_student_signin',
  'onboarding_video_enabled',
  'onboarding_video_url',
  'onboarding_document_file_id',
  'onboarding_pointers',
  'watch_complete_percent',
  'offline_lease_days',
  'lookahead_lessons',
  'submission_max_files',
  'submission_max_file_mb',
  'sp_daily_credits',
  'recovery_inactivity_days',
  'rating_gate_from',
  'announcement_banner',
  'help_url',
] as const;

/** The public face for everybody, the whole row for staff; `server_public_company` tells name and logo before the sign-in. */
export const company_settings = permissions('company_settings', {
  read: [
    // Staff hold the scope as well, but what they get of the one row is always the view below.
    { scope: 'all', roles: ['student', 'mentor', 'enrollment_manager'], columns: face },
    {
      scope: 'staff',
      rank: 9,
      columns: [
        ...face,
        'custom_domain',
        'lms_url',
        'notification_email_cc',
        'quiet_hours',
        'em_sees_all_students',
        'session_emails_enabled',
        'staff_mfa_required',
        'student_device_limit',
        'ai',
        'ticket_assignees',
        'features',
      ],
      online: ['livechat_code'],
    },
  ],
  commands: [
    { name: 'update-company-settings', verb: 'update', roles: ['admin', 'superadmin'] },
    { name: 'set-security-settings', verb: 'update', roles: ['superadmin'] },
    { name: 'restore-settings', verb: 'update', roles: ['superadmin'] },
  ],
});

/** A document's `type` is its table; the kind of a notification is its template. */
export const notifications = permissions('notifications', {
  commands: [{ name: 'notify-at-risk-mentor', verb: 'insert', roles: ['admin', 'superadmin'] }],
  read: [
    {
      scope: 'u',
      key: 't.user_id',
      // What waits for its hour is not there yet.
      when: "t.channel = 'in_app' and t.status = 'sent' and t.send_at is null",
      columns: ['user_id', 'template_key', 'title', 'body', 'payload', 'sent_at', 'read_at', 'dismissed_at'],
    },
  ],
  write: [
    // The server alone writes notifications.
    {
      verb: 'update',
      roles,
      columns: ['read_at', 'dismissed_at'],
      rows: 't.user_id = auth.uid() and not t.is_deleted',
      result: 't.user_id = auth.uid()',
    },
  ],
});

const muteColumns = [
  'user_id',
  'mutes',
  'whatsapp_opt_in',
  'whatsapp_opt_in_at',
  'whatsapp_opt_in_source',
  'email_digest',
  'quiet_hours',
] as const;

export const notification_settings = permissions('notification_settings', {
  read: [
    { scope: 'u', key: 't.user_id', rank: 9, columns: muteColumns },
    { scope: 'staff', columns: [], online: muteColumns },
  ],
  write: [
    {
      verb: 'insert',
      roles,
      columns: ['id', 'user_id', 'mutes', 'whatsapp_opt_in', 'email_digest', 'quiet_hours'],
      result: 't.user_id = auth.uid()',
    },
    {
      verb: 'update',
      roles,
      columns: ['mutes', 'whatsapp_opt_in', 'email_digest', 'quiet_hours'],
      rows: 't.user_id = auth.uid() and not t.is_deleted',
      result: 't.user_id = auth.uid()',
    },
  ],
});

export const sync_rejections = permissions('sync_rejections', {
  read: [
    {
      scope: 'u',
      key: 't.user_id',
      columns: ['user_id', 'device_id', 'collection', 'doc_id', 'code', 'message', 'pushed_doc', 'acknowledged_at'],
    },
  ],
  write: [
    // A refused change is put aside by its author; the server alone writes it.
    {
      verb: 'update',
      roles,
      columns: ['acknowledged_at'],
      rows: 't.user_id = auth.uid() and not t.is_deleted',
      result: 't.user_id = auth.uid()',
    },
  ],
});
