import { onlineOnly } from '../view.ts';

const staff = ['admin', 'superadmin'] as const;

/** Why somebody is restricted or blocked. The person is told that it is so, and never reads the reason. */
export const suspensions = onlineOnly('suspensions', {
  read: [
    {
      scope: 'staff',
      online: ['user_id', 'cause', 'ref_id', 'reason', 'starts_at', 'ends_at', 'lifted_at', 'lifted_by', 'created_by'],
    },
  ],
  commands: [
    { name: 'suspend-student', verb: 'insert', roles: staff },
    { name: 'lift-suspension', verb: 'update', roles: staff },
  ],
});

const mailColumns = [
  'user_id',
  'template_key',
  'priority',
  'recipient_email',
  'recipient_name',
  'subject',
  'status',
  'retry_count',
  'error_message',
  'scheduled_at',
  'sent_at',
  'provider',
];

/** What became of mails. Texts and payloads stay on the server. */
export const email_queue = onlineOnly('email_queue', {
  read: [{ scope: 'staff', online: mailColumns }],
  commands: [
    { name: 'resend-mail', verb: 'update', roles: staff },
    { name: 'resend-invoice', verb: 'insert', roles: ['enrollment_manager', 'admin', 'superadmin'] },
  ],
});

/** The same of WhatsApp messages; the number is the business of the person's own row. */
export const whatsapp_queue = onlineOnly('whatsapp_queue', {
  read: [
    {
      scope: 'staff',
      online: [
        'user_id',
        'template_key',
        'language',
        'status',
        'retry_count',
        'scheduled_at',
        'sent_at',
        'error_code',
        'error_message',
      ],
    },
  ],
});

const riskColumns = [
  'user_id',
  'failed_login_attempts',
  'suspicious_activity_count',
  'security_score',
  'last_login_at',
  'last_failed_login_at',
  'password_last_changed',
  'locked_until',
  'risk_level',
];

/** The risk of an account: its owner reads two dates, staff the rest; of superadmins only superadmins. */
export const user_security_summary = onlineOnly('user_security_summary', {
  read: [
    { scope: 'u', key: 't.user_id', online: ['user_id', 'last_login_at', 'password_last_changed'] },
    {
      scope: 'staff',
      when: "exists (select from users u where u.id = t.user_id and u.role <> 'superadmin')",
      online: riskColumns,
    },
    { scope: 'super', online: riskColumns },
  ],
});

const lineColumns = [
  'entity_type',
  'entity_id',
  'action',
  'target_user_id',
  'performed_by',
  'actor_role',
  'class',
  'description',
  'data',
  'request_id',
];

/** The audit trail. Admins see neither security and settings lines nor what superadmins did; addresses are for superadmins. */
export const admin_logs = onlineOnly('admin_logs', {
  read: [
    { scope: 'staff', when: "t.class = 'general' and t.actor_role is distinct from 'superadmin'", online: lineColumns },
    { scope: 'super', online: [...lineColumns, 'ip'] },
  ],
});
