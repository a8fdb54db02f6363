import { jobsOfAdmins } from '#contract/api/jobs.ts';
import { onlineOnly } from '../view.ts';

const templateColumns = ['company_id', 'key', 'channel', 'language', 'title_md', 'body_md', 'variables', 'active'];

export const notification_templates = onlineOnly('notification_templates', {
  read: [{ scope: 'staff', online: templateColumns }],
  commands: [
    { name: 'save-notification-template', verb: 'insert', roles: ['admin', 'superadmin'] },
    { name: 'save-notification-template', verb: 'update', roles: ['admin', 'superadmin'] },
    { name: 'delete-notification-template', verb: 'delete', roles: ['admin', 'superadmin'] },
    { name: 'restore-settings', verb: 'update', roles: ['admin', 'superadmin'] },
  ],
});

const revisionColumns = ['entity', 'entity_id', 'before', 'changed_by'];

/** What the settings were. Admins look back at the templates, which they may change themselves. */
export const settings_revisions = onlineOnly('settings_revisions', {
  read: [
    { scope: 'super', online: revisionColumns },
    { scope: 'staff', roles: ['admin'], when: "t.entity = 'notification_templates'", online: revisionColumns },
  ],
  commands: [
    { name: 'update-company-settings', verb: 'insert', roles: ['admin', 'superadmin'] },
    { name: 'save-notification-template', verb: 'insert', roles: ['admin', 'superadmin'] },
  ],
});

const runColumns = [
  'job',
  'scheduled_for',
  'state',
  'trigger',
  'dry_run',
  'started_at',
  'finished_at',
  'error',
  'counts',
];

export const job_runs = onlineOnly('job_runs', {
  read: [
    { scope: 'super', online: runColumns },
    {
      scope: 'staff',
      roles: ['admin'],
      when: `t.job in (${jobsOfAdmins.map((job) => `'${job}'`).join(', ')})`,
      online: runColumns,
    },
  ],
  commands: [{ name: 'run-job', verb: 'insert', roles: ['admin', 'superadmin'] }],
});

const presenceColumns = [
  'user_id',
  'session_token',
  'user_agent',
  'device_label',
  'current_activity',
  'first_seen_at',
  'last_heartbeat_at',
  'ended_at',
];

/** A person sees the own presence, without addresses; staff that of everybody. */
export const student_sessions = onlineOnly('student_sessions', {
  read: [
    { scope: 'u', key: 't.user_id', roles: ['student', 'mentor', 'enrollment_manager'], online: presenceColumns },
    {
      scope: 'staff',
      online: [...presenceColumns, 'device_fingerprint', 'ip_address', 'country', 'city', 'region'],
    },
  ],
  commands: [
    {
      name: 'report-presence',
      verb: 'insert',
      roles: ['student', 'mentor', 'enrollment_manager', 'admin', 'superadmin'],
    },
    {
      name: 'report-presence',
      verb: 'update',
      roles: ['student', 'mentor', 'enrollment_manager', 'admin', 'superadmin'],
    },
  ],
});

export const security_incidents = onlineOnly('security_incidents', {
  read: [
    {
      scope: 'staff',
      online: [
        'user_id',
        'signal',
        'severity',
        'action_taken',
        'user_agent',
        'device_label',
        'ip_address',
        'page_url',
        'metadata',
      ],
    },
  ],
  commands: [{ name: 'warn-about-content-use', verb: 'update', roles: ['admin', 'superadmin'] }],
});
