import { onlineOnly } from '../view.ts';

const planColumns = ['name', 'total_amount', 'num_installments', 'interval_days', 'is_active'];

/** Templates to choose from when a student is enrolled. */
export const installment_plans = onlineOnly('installment_plans', {
  read: [
    { scope: 'managers', online: planColumns },
    { scope: 'staff', online: planColumns },
  ],
});

export const scheduled_suspensions = onlineOnly('scheduled_suspensions', {
  commands: [
    { name: 'schedule-suspension', verb: 'insert', roles: ['admin', 'superadmin'] },
    { name: 'schedule-suspension', verb: 'update', roles: ['admin', 'superadmin'] },
    { name: 'cancel-scheduled-suspension', verb: 'update', roles: ['admin', 'superadmin'] },
  ],
  read: [
    {
      scope: 'staff',
      online: [
        'student_id',
        'schedule_suspend_date',
        'auto_unsuspend_date',
        'reason',
        'status',
        'created_by',
        'executed_at',
        'cancelled_at',
      ],
    },
  ],
});

export const billing_drift_findings = onlineOnly('billing_drift_findings', {
  commands: [{ name: 'settle-billing-finding', verb: 'update', roles: ['superadmin'] }],
  read: [
    {
      scope: 'super',
      online: [
        'student_id',
        'expected_total',
        'actual_total',
        'difference',
        'currency',
        'details',
        'status',
        'detected_at',
        'resolved_at',
        'resolved_by',
        'notes',
      ],
    },
  ],
});

export const billing_reconciliation_actions = onlineOnly('billing_reconciliation_actions', {
  commands: [
    { name: 'reconcile-billing-finding', verb: 'insert', roles: ['superadmin'] },
    { name: 'undo-billing-reconciliation', verb: 'update', roles: ['superadmin'] },
  ],
  read: [
    {
      scope: 'super',
      online: [
        'finding_id',
        'student_id',
        'action_type',
        'performed_by',
        'performed_at',
        'before_state',
        'after_state',
        'undone_at',
        'undone_by',
      ],
    },
  ],
});

const requestColumns = ['created_by', 'payload', 'status', 'decided_by', 'decided_at', 'note', 'student_id'];

/** Drafts of enrolments whose discount is above the limit of an enrolment manager. */
export const enrollment_requests = onlineOnly('enrollment_requests', {
  commands: [
    { name: 'request-enrollment-approval', verb: 'insert', roles: ['enrollment_manager'] },
    { name: 'withdraw-enrollment-request', verb: 'update', roles: ['enrollment_manager'] },
    { name: 'decide-enrollment-request', verb: 'update', roles: ['admin', 'superadmin'] },
  ],
  read: [
    { scope: 'u', key: 't.created_by', roles: ['enrollment_manager'], online: requestColumns },
    { scope: 'staff', online: requestColumns },
  ],
});

/** Never leave the server. */
export const number_counters = onlineOnly('number_counters', { read: [] });
export const idempotency_keys = onlineOnly('idempotency_keys', { read: [] });
