/** What erasing a person does to one table: one statement, `$1` the person, `$2` now. */
export type Erasure = { table: string; sql: string };

const gone = '[removed]';

const blank = (table: string, person: string, sets: string): Erasure => ({
  table,
  sql: `update ${table} set ${sets} where ${person} = $1`,
});
/** Rows no device ever holds go at once. */
const drop = (table: string, person = 'user_id'): Erasure => ({
  table,
  sql: `delete from ${table} where ${person} = $1`,
});
/** Rows devices hold are marked first, so that they go from there too; the purge of old tombstones does the rest. */
const withdraw = (table: string, person: string, sets: string): Erasure =>
  blank(table, person, `is_deleted = true, ${sets}`);

/** In this order. What keeps its row under a pseudonym stands first: the records of study, money and verdicts hang on it. */
export const erasures: readonly Erasure[] = [
  blank(
    'users',
    'id',
    `email = 'erased-' || id || '@erased.invalid', full_name = 'Erased ' || left(id::text, 8), phone = null, dream_goal_summary = null,
     avatar_file_id = null, login_blocked = true, is_temp_password = true, email_undeliverable = true, last_login_at = null,
     last_active_at = null, erased_at = $2`,
  ),
  // A finished onboarding needs a text to stand on.
  blank(
    'students',
    'id',
    `goal_brief = case when onboarding_completed then '' end, answers_json = null, leaderboard_hidden = true, recovery_opt_out = true`,
  ),
  blank('mentors', 'id', `bio = null, specialties = '{}', avatar_file_id = null, accepting_students = false`),

  // Beside the audit trail, whose lines stay.
  drop('admin_log_people'),

  // Ways in.
  drop('user_credentials'),
  drop('one_time_tokens'),
  drop('mfa_factors'),
  drop('email_changes'),
  drop('account_details'),
  drop('auth_sessions'),
  drop('user_security_summary'),
  drop('idempotency_keys', 'actor_id'),
  // The row stays until the device has come by and wiped itself (`erasePerson` asks it to), and so does the key by which it shows
  // that it is the one.
  blank('devices', 'user_id', `label = 'Device', app_version = null, revoked_at = coalesce(revoked_at, $2)`),
  drop('student_sessions'),

  // What the person wrote. Verdicts on the work stay, and so do versions and dates.
  blank('submissions', 'student_id', `content = '${gone}', links = '[]', file_ids = '{}'`),
  blank('submission_reviews', 'reviewer_id', `reviewer_name = 'Erased ' || left(reviewer_id::text, 8)`),
  // A low rating must have a text.
  blank('recording_ratings', 'user_id', `feedback = case when feedback is null then null else '${gone}' end`),
  withdraw('lesson_notes', 'user_id', `body = ''`),
  withdraw('onboarding_responses', 'user_id', `answer = null, file_id = null`),
  blank('support_tickets', 'student_id', `title = '${gone}', description = '${gone}', file_ids = '{}'`),
  blank('support_ticket_replies', 'user_id', `message = '${gone}', author_name = '', file_ids = '{}'`),
  blank('messages', 'user_id', `content = '${gone}', author_name = null, file_ids = '{}', context = '{}'`),
  withdraw('saved_replies', 'owner_id', `title = '${gone}', body = '${gone}'`),
  withdraw('success_partner_messages', 'student_id', `content = '${gone}'`),
  withdraw('learning_paths', 'student_id', `items = '[]'`),
  blank('payment_proofs', 'student_id', `reference = null, file_ids = '{}'`),

  // What was written about the person, or to the person.
  blank('suspensions', 'user_id', 'reason = null'),
  blank('scheduled_suspensions', 'student_id', 'reason = null'),
  blank('enrollment_requests', 'student_id', `payload = '{}', note = null`),
  blank('message_threads', 'student_id', 'subject = null'),
  blank('user_milestones', 'user_id', 'notes = null'),
  withdraw('student_notes', 'student_id', `body = '${gone}'`),
  blank('student_notes', 'author_id', `author_name = ''`),
  blank('student_recovery_messages', 'student_id', 'message_content = null'),
  withdraw('notifications', 'user_id', `title = '', body = '', payload = '{}'`),
  withdraw('notification_settings', 'user_id', `mutes = '{}', quiet_hours = null, whatsapp_opt_in = false`),
  blank(
    'email_queue',
    'user_id',
    `status = case when status in ('pending', 'sending') then 'cancelled' else status end, recipient_email = 'erased@erased.invalid',
     recipient_name = '', cc = null, subject = null, body = null, payload = '{}'`,
  ),
  blank(
    'whatsapp_queue',
    'user_id',
    `status = case when status in ('pending', 'sending') then 'cancelled' else status end, to_phone = '', body = null, payload = '{}'`,
  ),
  withdraw('sync_rejections', 'user_id', `pushed_doc = '{}', message = ''`),
  blank('user_activity_logs', 'user_id', `metadata = '{}'`),
  blank('certificates', 'student_id', `printed_name = 'Erased ' || left(student_id::text, 8), file_id = null`),
  drop('leaderboard_snapshots'),

  // What others hold for the person.
  withdraw(
    'integrations',
    'user_id',
    `status = 'disconnected', access_token_enc = null, refresh_token_enc = null, external_id = null, last_error = null`,
  ),
  drop('user_metrics'),
  drop('video_access_events'),
  drop('security_incidents'),
  drop('security_signals', 'student_id'),
  blank('error_logs', 'user_id', `error_details = null, url = null, user_agent = null`),
];
