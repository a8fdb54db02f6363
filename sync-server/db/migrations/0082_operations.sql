-- What keeps the academy running: settings that were, jobs that ran, who is here, and what devices reported.

create table settings_revisions (
  id uuid primary key default app_uuid7(),
  entity text not null check (entity in ('company_settings', 'billing_settings', 'notification_templates')),
  entity_id uuid not null,
  -- The row as it was before the change.
  before jsonb not null check (jsonb_typeof(before) = 'object'),
  changed_by uuid references users on delete set null
);
select app_adopt_table('settings_revisions');
create index settings_revisions_entity on settings_revisions (entity, entity_id, created_at desc);
create index settings_revisions_changed_by on settings_revisions (changed_by);

create table job_runs (
  id uuid primary key default app_uuid7(),
  job text not null,
  -- The slot of the clock the run is for; a run by hand: when it was asked for.
  scheduled_for timestamptz not null,
  state text not null default 'running' check (state in ('running', 'ok', 'failed', 'skipped')),
  trigger text not null default 'cron' check (trigger in ('cron', 'manual', 'catchup')),
  dry_run boolean not null default false,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  error text,
  -- {selected, done, skipped, failed}
  counts jsonb not null default '{}' check (jsonb_typeof(counts) = 'object'),
  unique (job, scheduled_for),
  check ((finished_at is null) = (state = 'running'))
);
select app_adopt_table('job_runs');
create index job_runs_latest on job_runs (started_at desc);

-- Presence. Where somebody is, to the metre, has no column: it is never kept.
create table student_sessions (
  id uuid primary key default app_uuid7(),
  user_id uuid not null references users on delete cascade,
  -- Id of the auth session; no secret.
  session_token uuid not null,
  device_fingerprint text check (char_length(device_fingerprint) <= 200),
  user_agent text check (char_length(user_agent) <= 500),
  device_label text check (char_length(device_label) <= 80),
  ip_address text,
  country text,
  city text,
  region text,
  current_activity jsonb check (jsonb_typeof(current_activity) = 'object'),
  first_seen_at timestamptz not null default now(),
  last_heartbeat_at timestamptz not null default now(),
  ended_at timestamptz,
  unique (user_id, session_token)
);
select app_adopt_table('student_sessions');
create index student_sessions_present on student_sessions (last_heartbeat_at desc) where ended_at is null;
create index student_sessions_token on student_sessions (session_token);

create table security_incidents (
  id uuid primary key default app_uuid7(),
  user_id uuid not null references users on delete cascade,
  signal text not null check (signal in (
    'screen_capture', 'extension', 'picture_in_picture', 'bulk_download_pattern', 'devtools', 'screenshot_key')),
  severity text not null default 'warning' check (severity in ('warning', 'high', 'critical')),
  action_taken text not null default 'logged' check (action_taken in ('logged', 'warned', 'suspended')),
  user_agent text,
  device_label text,
  ip_address text,
  page_url text,
  metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object')
);
select app_adopt_table('security_incidents');
create index security_incidents_user on security_incidents (user_id, created_at desc);

create table security_signals (
  id uuid primary key default app_uuid7(),
  student_id uuid not null references students on delete cascade,
  signal_type text not null check (signal_type in (
    'screen_capture', 'extension', 'picture_in_picture', 'bulk_download_pattern', 'devtools', 'screenshot_key')),
  -- The lesson that was on the screen.
  video_id uuid references available_lessons on delete set null,
  session_id uuid,
  page_url text check (char_length(page_url) <= 2000),
  device_label text check (char_length(device_label) <= 80),
  details jsonb not null default '{}' check (jsonb_typeof(details) = 'object'),
  dismissed boolean not null default false
);
select app_adopt_table('security_signals');
select app_accept_devices('security_signals');
create index security_signals_student on security_signals (student_id, created_at desc);
create index security_signals_video_id on security_signals (video_id);

create table video_access_events (
  id uuid primary key default app_uuid7(),
  user_id uuid not null references users on delete cascade,
  lesson_id uuid references available_lessons on delete set null,
  event_type text not null default 'open' check (event_type in ('open', 'heartbeat')),
  session_id uuid,
  ip_address text,
  device_label text check (char_length(device_label) <= 80),
  metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object')
);
select app_adopt_table('video_access_events');
select app_accept_devices('video_access_events');
create index video_access_events_user on video_access_events (user_id, created_at desc);
create index video_access_events_lesson_id on video_access_events (lesson_id);
create index video_access_events_created_at on video_access_events (created_at);

create table error_logs (
  id uuid primary key default app_uuid7(),
  user_id uuid references users on delete set null,
  error_type text not null check (error_type in (
    'ui', 'database', 'api', 'network', 'validation', 'auth', 'integration', 'unknown')),
  error_code text check (char_length(error_code) <= 100),
  error_message text not null check (char_length(error_message) <= 2000),
  error_details jsonb check (jsonb_typeof(error_details) = 'object'),
  stack_trace text check (char_length(stack_trace) <= 8000),
  url text check (char_length(url) <= 2000),
  user_agent text check (char_length(user_agent) <= 500),
  severity text not null default 'error' check (severity in ('info', 'warning', 'error', 'critical')),
  resolved boolean not null default false,
  resolved_at timestamptz,
  resolved_by uuid references users on delete set null,
  app_version text check (char_length(app_version) <= 40),
  check (resolved = (resolved_at is not null))
);
select app_adopt_table('error_logs');
select app_accept_devices('error_logs');
create index error_logs_user on error_logs (user_id, created_at desc);
create index error_logs_latest on error_logs (created_at desc);

-- An audit of what goes when a session ends looks presence up by it; a person's notices that wait for their hour are found by it.
create index notifications_waiting on notifications (send_at) where send_at is not null;
