/**
 * The entities and edges of the seed's diagram (data model §1): child, column, parent. Students and mentors meet through
 * `student_mentor_assignments`.
 */
const children: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  users: {
    students: 'id',
    mentors: 'id',
    onboarding_responses: 'user_id',
    user_activity_logs: 'user_id',
    recording_views: 'user_id',
    user_unlocks: 'user_id',
    recording_ratings: 'user_id',
    messages: 'user_id',
    notifications: 'user_id',
  },
  students: {
    invoices: 'student_id',
    installment_payments: 'student_id',
    submissions: 'student_id',
    support_tickets: 'student_id',
    success_partner_credits: 'student_id',
    student_recovery_messages: 'student_id',
    session_attendance: 'student_id',
    student_mentor_assignments: 'student_id',
  },
  mentors: { student_mentor_assignments: 'mentor_id' },
  modules: { available_lessons: 'module_id' },
  available_lessons: {
    recording_attachments: 'lesson_id',
    recording_views: 'lesson_id',
    recording_ratings: 'lesson_id',
    user_unlocks: 'lesson_id',
    assignments: 'lesson_id',
  },
  assignments: { submissions: 'assignment_id' },
  installment_plans: { invoices: 'installment_plan_id' },
  invoices: { installment_payments: 'invoice_id' },
  support_tickets: { support_ticket_replies: 'ticket_id' },
  success_sessions: { session_attendance: 'session_id' },
  company_settings: { notification_templates: 'company_id' },
  integrations: { user_metrics: 'integration_id' },
  milestones: { user_badges: 'milestone_id' },
  badges: { user_badges: 'badge_id' },
};

export type Edge = { parent: string; child: string; column: string };
export const seedEdges: readonly Edge[] = Object.entries(children).flatMap(([parent, of]) =>
  Object.entries(of).map(([child, column]) => ({ parent, child, column })),
);
