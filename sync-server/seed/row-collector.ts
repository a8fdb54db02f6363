import type { Tx } from '../db/sql.ts';
import { insertRows, type NewRow } from './insert-rows.ts';

/** Gathers rows while an academy is thought up, and writes them table by table, parents first. */
export type RowCollector = {
  add(table: string, row: NewRow): void;
  rowsOf(table: string): readonly NewRow[];
  write(tx: Tx): Promise<void>;
};

/** Tables in the order in which their foreign keys allow them to be filled. */
const order = [
  'users',
  'user_credentials',
  'students',
  'mentors',
  'student_mentor_assignments',
  'suspensions',
  'course_tracks',
  'courses',
  'course_bundles',
  'bundle_courses',
  'learning_pathways',
  'pathway_courses',
  'batches',
  'batch_courses',
  'mentor_course_assignments',
  'modules',
  'available_lessons',
  'assignments',
  'batch_timeline_items',
  'resource_sections',
  'resources',
  'resource_audiences',
  'questionnaires',
  'onboarding_responses',
  'learning_paths',
  'files',
  'recording_attachments',
  'course_enrollments',
  'installment_plans',
  'invoices',
  'installment_payments',
  'payment_proofs',
  'enrollment_requests',
  'user_unlocks',
  'recording_views',
  'recording_ratings',
  'lesson_notes',
  'submissions',
  'submission_reviews',
  'success_sessions',
  'session_attendance',
  'support_tickets',
  'support_ticket_replies',
  'message_threads',
  'thread_members',
  'messages',
  'saved_replies',
  'success_partner_messages',
  'success_partner_credits',
  'success_partner_ledger',
  'student_notes',
  'at_risk_flags',
  'student_recovery_messages',
  'student_recovery_checks',
  'integrations',
  'user_metrics',
  'student_sessions',
  'security_signals',
  'security_incidents',
  'error_logs',
  'job_runs',
  'settings_revisions',
  'notifications',
  'notification_settings',
  'user_activity_logs',
  'admin_logs',
  'number_counters',
];

export function createRowCollector(): RowCollector {
  const tables = new Map<string, NewRow[]>(order.map((table) => [table, []]));
  const rowsOf = (table: string): NewRow[] => {
    const rows = tables.get(table);
    if (!rows) throw new Error(`${table} has no place in the order of tables`);
    return rows;
  };
  return {
    add: (table, row) => void rowsOf(table).push(row),
    rowsOf,
    async write(tx) {
      for (const [table, rows] of tables) {
        // One statement names the same columns for all its rows; what a row leaves out keeps its default.
        const alike = Map.groupBy(rows, (row) => Object.keys(row).toSorted().join());
        for (const group of alike.values()) await insertRows(tx, table, group);
      }
    },
  };
}
