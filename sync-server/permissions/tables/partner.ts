import { permissions } from '../view.ts';

/** A student's own conversation. Nobody of the team reads it, but by `read-partner-conversation`, with a reason and on record. */
export const success_partner_messages = permissions('success_partner_messages', {
  read: [
    {
      scope: 'u',
      key: 't.student_id',
      columns: [
        'student_id',
        'role',
        'content',
        'sent_at',
        'date',
        'conversation_id',
        'status',
        'reply_to_id',
        'error_code',
        'feedback',
      ],
      roles: ['student'],
    },
  ],
});

const creditColumns = ['student_id', 'date', 'credits_used', 'daily_limit'] as const;

/** Taken and given back by the server alone; staff look them up online. */
export const success_partner_credits = permissions('success_partner_credits', {
  read: [
    { scope: 'u', key: 't.student_id', columns: creditColumns, roles: ['student'] },
    { scope: 'staff', columns: [], online: creditColumns },
  ],
  commands: [
    { name: 'success-partner-credits', verb: 'insert', roles: ['student'] },
    { name: 'admin-reset-sp-credits', verb: 'update', roles: ['admin', 'superadmin'] },
  ],
});
