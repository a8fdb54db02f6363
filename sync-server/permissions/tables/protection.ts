import { roles } from '#contract/roles.ts';
import { tables } from '#contract/tables/index.ts';
import { permissions } from '../view.ts';

/** Leaves the device for good; staff look through what came, online. */
export const security_signals = permissions('security_signals', {
  read: [
    {
      scope: 'staff',
      columns: [],
      online: [
        'student_id',
        'signal_type',
        'video_id',
        'session_id',
        'page_url',
        'device_label',
        'details',
        'dismissed',
      ],
    },
  ],
  write: [
    {
      verb: 'insert',
      roles: ['student'],
      columns: tables.security_signals.device.insert!,
      result: 't.student_id = auth.uid()',
    },
  ],
  commands: [{ name: 'dismiss-security-signal', verb: 'update', roles: ['admin', 'superadmin'] }],
});

export const video_access_events = permissions('video_access_events', {
  read: [
    {
      scope: 'staff',
      columns: [],
      online: ['user_id', 'lesson_id', 'event_type', 'session_id', 'ip_address', 'device_label', 'metadata'],
    },
  ],
  write: [
    {
      verb: 'insert',
      roles: ['student', 'mentor', 'admin', 'superadmin'],
      columns: tables.video_access_events.device.insert!,
      result: 't.user_id = auth.uid()',
    },
  ],
});

/** Only superadmins look after faults; what people sent with them is nobody else's. */
export const error_logs = permissions('error_logs', {
  read: [
    {
      scope: 'super',
      columns: [],
      online: [
        'user_id',
        'error_type',
        'error_code',
        'error_message',
        'error_details',
        'stack_trace',
        'url',
        'user_agent',
        'severity',
        'resolved',
        'resolved_at',
        'resolved_by',
        'app_version',
      ],
    },
  ],
  write: [
    {
      verb: 'insert',
      roles,
      columns: tables.error_logs.device.insert!,
      result: 't.user_id = auth.uid()',
    },
  ],
  commands: [{ name: 'resolve-error', verb: 'update', roles: ['superadmin'] }],
});
