import { roles } from '#contract/roles.ts';
import { permissions } from '../view.ts';

export const company_settings = permissions('company_settings', {
  read: [
    {
      scope: 'all',
      columns: [
        'company_name',
        'contact_email',
        'primary_phone',
        'branding',
        'timezone',
        'lms_sequential_unlock',
        'drip_enabled_default',
        'watch_complete_percent',
        'offline_lease_days',
        'lookahead_lessons',
        'submission_max_files',
        'submission_max_file_mb',
        'recovery_inactivity_days',
        'rating_gate_from',
        'announcement_banner',
        'help_url',
      ],
    },
  ],
});

/** A document's `type` is its table; the kind of a notification is its template. */
export const notifications = permissions('notifications', {
  read: [
    {
      scope: 'u',
      key: 't.user_id',
      when: "t.channel = 'in_app' and t.status = 'sent'",
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

export const notification_settings = permissions('notification_settings', {
  read: [{ scope: 'u', key: 't.user_id', columns: ['user_id', 'mutes', 'email_digest', 'quiet_hours'] }],
  write: [
    {
      verb: 'insert',
      roles,
      columns: ['id', 'user_id', 'mutes', 'email_digest', 'quiet_hours'],
      result: 't.user_id = auth.uid()',
    },
    {
      verb: 'update',
      roles,
      columns: ['mutes', 'email_digest', 'quiet_hours'],
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
