import { inScope, looksAfter } from './fragments.ts';
import type { Oracle } from './rule.ts';

const note = 'student_id author_id author_name kind body';
const flag = 'student_id opened_at reasons is_critical last_contact_at closed_at closed_as';
const message =
  'student_id recovery_cycle attempt days_inactive message_type channel message_status message_content error_message message_sent_at responded_at escalated_at last_check_date recovery_successful recovered_at close_cause';
const check =
  'check_date students_checked newly_inactive sent failed recovered still_inactive churned check_completed_at';
const rules = 'no_login_days stuck_recording_days stuck_assignment_days missed_sessions_count configured';

const forStaff: Oracle['admin'] = {
  student_notes: [{ rows: 'true', columns: note }],
  at_risk_flags: [{ rows: 'true', columns: flag }],
  student_recovery_messages: [{ rows: 'true', columns: message }],
  student_recovery_checks: [{ rows: 'true', columns: check }],
  at_risk_rules: [{ rows: 'true', columns: rules }],
};

/** What the team notes about students; never for the student (data model 2.9, 2.11, 5.7). */
export const care: Oracle = {
  mentor: {
    student_notes: [{ rows: `t.student_id in ${inScope}`, columns: note }],
    at_risk_flags: [{ rows: `t.student_id in ${inScope}`, columns: flag }],
    student_recovery_messages: [{ rows: `t.student_id in ${inScope}`, columns: message }],
    at_risk_rules: [{ rows: 'true', columns: rules }],
  },
  enrollment_manager: { student_notes: [{ rows: `t.student_id in ${looksAfter}`, columns: note }] },
  admin: forStaff,
  superadmin: forStaff,
};
