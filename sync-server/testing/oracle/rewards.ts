import { inScope } from './fragments.ts';
import type { Oracle, Rules } from './rule.ts';

const badge = 'name description image_file_id';
const category = 'name description icon color display_order';
const milestone =
  'category_id badge_id name description icon badge_url points display_order is_active trigger_type trigger_config show_celebration celebration_message celebration_config';
const award = 'user_id badge_id milestone_id earned_at awarded_by notes';
const reached = 'user_id milestone_id completed_at awarded_by notes progress_data';
const certificate =
  'student_id course_id pathway_id track_id number title printed_name verification_code issued_at issued_by render_state file_id downloaded_at download_count revoked_at revoke_reason';
const metric = 'user_id integration_id source metric value currency date fetched_at';
const connection = 'user_id source external_id status last_error connected_at last_synced_at';

/** What classmates see of somebody in the ranking, and what tells who it is. */
const line =
  'period display_name avatar_initials score progress videos_watched assignments_completed milestones_completed sessions_attended ratings_given streak rank previous_rank has_shopify has_meta calculated_at';
const whereabouts = 'batch_id course_ids';
const identity = 'user_id is_hidden';
const myBatches =
  "(select e.batch_id from course_enrollments e where e.student_id = $1 and e.status <> 'cancelled' and not e.is_deleted)";
const hidden = '(select s.leaderboard_hidden from students s where s.id = t.user_id)';

const muted = 'user_id mutes whatsapp_opt_in whatsapp_opt_in_at whatsapp_opt_in_source email_digest quiet_hours';
const face =
  'company_name address contact_email primary_phone company_email secondary_phone branding logo_file_id timezone default_country_code lms_sequential_unlock drip_enabled_default multi_course_enabled enable_student_signin onboarding_video_enabled onboarding_video_url onboarding_document_file_id onboarding_pointers watch_complete_percent offline_lease_days lookahead_lessons submission_max_files submission_max_file_mb sp_daily_credits recovery_inactivity_days rating_gate_from announcement_banner help_url';
const ofStaff =
  'custom_domain lms_url notification_email_cc quiet_hours em_sees_all_students session_emails_enabled staff_mfa_required student_device_limit ai ticket_assignees features';

const everyone: Rules = {
  company_settings: [{ rows: 'true', columns: face }],
  notifications: [
    {
      rows: "t.user_id = $1 and t.channel = 'in_app' and t.status = 'sent' and t.send_at is null",
      columns: 'user_id template_key title body payload sent_at read_at dismissed_at',
    },
  ],
  notification_settings: [{ rows: 't.user_id = $1', columns: muted }],
  student_sessions: [
    {
      rows: 't.user_id = $1',
      online: 'user_id session_token user_agent device_label current_activity first_seen_at last_heartbeat_at ended_at',
    },
  ],
};

/** Only what is switched on, except for staff. */
const catalogue = (kind: 'columns' | 'online', active: string): Rules => ({
  badges: [{ rows: 'true', [kind]: badge }],
  milestone_categories: [{ rows: 'true', [kind]: category }],
  milestones: [{ rows: active, [kind]: milestone }],
});

const student: Rules = {
  ...catalogue('columns', 't.is_active'),
  user_badges: [{ rows: 't.user_id = $1', columns: award }],
  user_milestones: [{ rows: 't.user_id = $1', columns: reached }],
  certificates: [{ rows: 't.student_id = $1', columns: certificate }],
  leaderboard_snapshots: [
    { rows: 't.user_id = $1', columns: `${line} ${whereabouts} ${identity}` },
    { rows: `t.rank <= 50 or t.batch_id in ${myBatches}`, columns: line },
    { rows: `(t.rank <= 50 or t.batch_id in ${myBatches}) and not ${hidden}`, columns: whereabouts },
  ],
  integrations: [{ rows: 't.user_id = $1', columns: connection }],
  user_metrics: [{ rows: 't.user_id = $1', columns: metric }],
};

const mentor: Rules = {
  ...catalogue('columns', 't.is_active'),
  user_badges: [{ rows: `t.user_id in ${inScope}`, columns: award }],
  user_milestones: [{ rows: `t.user_id in ${inScope}`, columns: reached }],
  certificates: [{ rows: `t.student_id in ${inScope}`, columns: certificate }],
  leaderboard_snapshots: [
    { rows: `t.user_id in ${inScope}`, columns: `${line} ${whereabouts} ${identity}` },
    { rows: 't.rank <= 50', columns: line },
    { rows: `t.rank <= 50 and not ${hidden}`, columns: whereabouts },
  ],
  user_metrics: [{ rows: `t.user_id in ${inScope}`, columns: metric }],
};

/** Everybody's, but only to a question asked online. */
const online: Rules = {
  user_badges: [{ rows: 'true', online: award }],
  user_milestones: [{ rows: 'true', online: reached }],
  certificates: [{ rows: 'true', online: certificate }],
  integrations: [{ rows: 'true', online: connection }],
  user_metrics: [{ rows: 'true', online: metric }],
  notification_settings: [{ rows: 'true', online: muted }],
  notification_templates: [
    { rows: 'true', online: 'company_id key channel language title_md body_md variables active' },
  ],
  student_sessions: [
    {
      rows: 'true',
      online:
        'user_id session_token device_fingerprint user_agent device_label ip_address country city region current_activity first_seen_at last_heartbeat_at ended_at',
    },
  ],
  security_incidents: [
    {
      rows: 'true',
      online: 'user_id signal severity action_taken user_agent device_label ip_address page_url metadata',
    },
  ],
  security_signals: [
    {
      rows: 'true',
      online: 'student_id signal_type video_id session_id page_url device_label details dismissed',
    },
  ],
  video_access_events: [
    { rows: 'true', online: 'user_id lesson_id event_type session_id ip_address device_label metadata' },
  ],
};

const revision = 'entity entity_id before changed_by';
const run = 'job scheduled_for state trigger dry_run started_at finished_at error counts';

const admin: Rules = {
  ...catalogue('columns', 'true'),
  ...online,
  company_settings: [{ rows: 'true', columns: ofStaff, online: 'livechat_code' }],
  leaderboard_snapshots: [{ rows: 'true', columns: `${line} ${whereabouts} ${identity}` }],
  settings_revisions: [{ rows: "t.entity = 'notification_templates'", online: revision }],
  job_runs: [{ rows: "t.job ~ '(recovery|leaderboard|email-queue)'", online: run }],
};

/** What is earned, the ranking, connected accounts, settings and what devices report. */
export const rewards: Oracle = {
  everyone,
  student,
  mentor,
  enrollment_manager: catalogue('online', 't.is_active'),
  admin,
  superadmin: {
    ...admin,
    settings_revisions: [{ rows: 'true', online: revision }],
    job_runs: [{ rows: 'true', online: run }],
    error_logs: [
      {
        rows: 'true',
        online:
          'user_id error_type error_code error_message error_details stack_trace url user_agent severity resolved resolved_at resolved_by app_version',
      },
    ],
  },
};
