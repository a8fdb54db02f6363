import { permissions } from '../view.ts';

const noteColumns = ['student_id', 'author_id', 'author_name', 'kind', 'body'] as const;

/** The team's notes; there is no view for the student. */
export const student_notes = permissions('student_notes', {
  read: [
    { scope: 'sm', key: 't.student_id', columns: noteColumns },
    { scope: 'es', key: 't.student_id', columns: noteColumns },
    { scope: 'staff', columns: noteColumns },
  ],
  write: [
    // Nobody edits or removes one.
    {
      verb: 'insert',
      roles: ['mentor'],
      columns: ['id', 'student_id', 'author_id', 'kind', 'body'],
      result: "t.author_id = auth.uid() and t.student_id in (select sync_held('sm'))",
    },
    {
      verb: 'insert',
      roles: ['enrollment_manager'],
      columns: ['id', 'student_id', 'author_id', 'kind', 'body'],
      result: "t.author_id = auth.uid() and t.student_id in (select sync_held('es'))",
    },
    {
      verb: 'insert',
      roles: ['admin', 'superadmin'],
      columns: ['id', 'student_id', 'author_id', 'kind', 'body'],
      result: 't.author_id = auth.uid()',
    },
  ],
});

const ruleColumns = [
  'no_login_days',
  'stuck_recording_days',
  'stuck_assignment_days',
  'missed_sessions_count',
  'configured',
] as const;

export const at_risk_rules = permissions('at_risk_rules', {
  commands: [{ name: 'update-at-risk-rules', verb: 'update', roles: ['admin', 'superadmin'] }],
  read: [
    { scope: 'mentors', columns: ruleColumns },
    { scope: 'staff', columns: ruleColumns },
  ],
});

const flagColumns = [
  'student_id',
  'opened_at',
  'reasons',
  'is_critical',
  'last_contact_at',
  'closed_at',
  'closed_as',
] as const;

export const at_risk_flags = permissions('at_risk_flags', {
  read: [
    { scope: 'sm', key: 't.student_id', columns: flagColumns },
    { scope: 'staff', columns: flagColumns },
  ],
});

const messageColumns = [
  'student_id',
  'recovery_cycle',
  'attempt',
  'days_inactive',
  'message_type',
  'channel',
  'message_status',
  'message_content',
  'error_message',
  'message_sent_at',
  'responded_at',
  'escalated_at',
  'last_check_date',
  'recovery_successful',
  'recovered_at',
  'close_cause',
] as const;

export const student_recovery_messages = permissions('student_recovery_messages', {
  commands: [{ name: 'update-recovery-status', verb: 'update', roles: ['admin', 'superadmin'] }],
  read: [
    { scope: 'sm', key: 't.student_id', columns: messageColumns },
    { scope: 'staff', columns: messageColumns },
  ],
});

export const student_recovery_checks = permissions('student_recovery_checks', {
  commands: [{ name: 'daily-recovery-check', verb: 'insert', roles: ['admin', 'superadmin'] }],
  read: [
    {
      scope: 'staff',
      columns: [
        'check_date',
        'students_checked',
        'newly_inactive',
        'sent',
        'failed',
        'recovered',
        'still_inactive',
        'churned',
        'check_completed_at',
      ],
    },
  ],
});
