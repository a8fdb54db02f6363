-- People, their devices, accounts and files.

create table users (
  id uuid primary key default app_uuid7(),
  email citext not null unique check (email ~ '^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$'),
  full_name text not null check (char_length(full_name) between 1 and 100),
  -- support_member and viewer are reserved names: nobody may hold them yet.
  role text not null check (role in ('superadmin', 'admin', 'enrollment_manager', 'mentor', 'student')),
  phone text unique check (phone ~ '^\+[1-9][0-9]{7,14}$'),
  status text not null default 'active' check (status in ('active', 'inactive', 'suspended')),
  lms_status text not null default 'inactive'
    check (lms_status in ('inactive', 'active', 'suspended', 'complete', 'dropout', 'refunded')),
  lms_status_reason text
    check (lms_status_reason in ('overdue', 'unpaid', 'expired', 'manual', 'scheduled', 'security', 'refund')),
  login_blocked boolean not null default false,
  sessions_revoked_at timestamptz,
  is_temp_password boolean not null default true,
  email_undeliverable boolean not null default false,
  last_login_at timestamptz,
  last_active_at timestamptz,
  dream_goal_summary text,
  avatar_file_id uuid,
  created_by uuid references users on delete set null
);
select app_adopt_table('users');
create index users_role on users (role, status);
create index users_last_active_at on users (last_active_at);
create index users_created_by on users (created_by);

create table devices (
  id uuid primary key default app_uuid7(),
  user_id uuid not null references users on delete cascade,
  label text not null check (char_length(label) between 1 and 80),
  platform text not null,
  app_version text,
  public_key text,
  registered_at timestamptz not null default now(),
  last_sync_at timestamptz,
  lease_until timestamptz,
  changes_waiting int not null default 0 check (changes_waiting >= 0),
  revoked_at timestamptz,
  wipe_requested_at timestamptz,
  wiped_at timestamptz
);
select app_adopt_table('devices');
create index devices_user_id on devices (user_id);

-- Adds what a table needs that devices write: device time (clamped by the server) and the device it came from.
create function app_accept_devices(table_name text) returns void language plpgsql as $$
begin
  execute format(
    'alter table %I
       add column client_at timestamptz,
       add column origin_device_id uuid references devices on delete set null', table_name);
end $$;
select app_accept_devices('users');
select app_accept_devices('devices');

create table files (
  id uuid primary key default app_uuid7(),
  bucket text not null
    check (bucket in ('student-documents', 'company-logos', 'attachments', 'assignment-submissions', 'lesson-media')),
  owner_id uuid references users on delete set null,
  path text not null unique,
  original_name text not null check (char_length(original_name) between 1 and 200),
  mime text not null check (char_length(mime) <= 120),
  bytes bigint not null check (bytes >= 0),
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  status text not null default 'local' check (status in ('local', 'uploading', 'ready', 'quarantined', 'deleted')),
  linked_table text,
  linked_id uuid,
  scanned_at timestamptz
);
select app_adopt_table('files');
select app_accept_devices('files');
create index files_owner_id on files (owner_id);
create index files_linked on files (linked_table, linked_id);
alter table users add constraint users_avatar_file_id_fkey
  foreign key (avatar_file_id) references files on delete set null;
create index users_avatar_file_id on users (avatar_file_id) where avatar_file_id is not null;

create table installment_plans (
  id uuid primary key default app_uuid7(),
  name text not null unique,
  total_amount bigint not null check (total_amount >= 0),
  num_installments int not null check (num_installments between 1 and 12),
  interval_days int not null check (interval_days >= 0),
  is_active boolean not null default true
);
select app_adopt_table('installment_plans');

create table students (
  id uuid primary key references users on delete cascade,
  student_number text not null unique check (student_number ~ '^STU[0-9]{6,}$'),
  enrollment_date timestamptz not null default now(),
  installment_plan_id uuid references installment_plans on delete set null,
  installment_count int not null default 1 check (installment_count between 1 and 12),
  discount_amount bigint not null default 0 check (discount_amount >= 0),
  discount_percentage numeric not null default 0 check (discount_percentage between 0 and 100),
  final_fee_amount bigint check (final_fee_amount >= 0),
  fees_cleared boolean not null default false,
  onboarding_completed boolean not null default false,
  onboarding_video_watched boolean not null default false,
  onboarding_submitted_at timestamptz,
  goal_brief text,
  answers_json jsonb,
  leaderboard_hidden boolean not null default false,
  leaderboard_excluded boolean not null default false,
  recovery_opt_out boolean not null default false,
  sp_daily_limit int check (sp_daily_limit between 0 and 200),
  churned_at timestamptz,
  check (discount_amount = 0 or discount_percentage = 0),
  check (not onboarding_completed or answers_json is not null or goal_brief is not null)
);
select app_adopt_table('students');
select app_accept_devices('students');
create index students_installment_plan_id on students (installment_plan_id);

create table mentors (
  id uuid primary key references users on delete cascade,
  -- A copy of users.full_name, kept by a trigger, so that students read it without reading users.
  display_name text not null,
  bio text,
  specialties text[] not null default '{}',
  max_students int not null default 20 check (max_students >= 0),
  accepting_students boolean not null default true,
  avatar_file_id uuid references files on delete set null
);
select app_adopt_table('mentors');
select app_accept_devices('mentors');

create table student_mentor_assignments (
  id uuid primary key default app_uuid7(),
  student_id uuid not null references students on delete cascade,
  mentor_id uuid not null references mentors on delete cascade,
  is_primary boolean not null default true,
  assigned_by uuid references users on delete set null,
  assigned_at timestamptz not null default now(),
  ended_at timestamptz,
  unique (student_id, mentor_id)
);
select app_adopt_table('student_mentor_assignments');
create unique index student_mentor_assignments_one_primary on student_mentor_assignments (student_id)
  where is_primary and ended_at is null and not is_deleted;
create index student_mentor_assignments_mentor_id on student_mentor_assignments (mentor_id);

-- Accounts: no role reads any of these.

create table user_credentials (
  user_id uuid primary key references users on delete cascade,
  password_hash text not null,
  password_changed_at timestamptz not null default now()
);
select app_adopt_table('user_credentials');

create table auth_sessions (
  id uuid primary key default app_uuid7(),
  user_id uuid not null references users on delete cascade,
  device_id uuid references devices on delete set null,
  aal text not null default 'aal1' check (aal in ('aal1', 'aal2')),
  refreshed_at timestamptz not null default now(),
  not_after timestamptz not null,
  revoked_at timestamptz
);
select app_adopt_table('auth_sessions');
create index auth_sessions_user_id on auth_sessions (user_id);
create index auth_sessions_device_id on auth_sessions (device_id);

create table refresh_tokens (
  id uuid primary key default app_uuid7(),
  session_id uuid not null references auth_sessions on delete cascade,
  token_hash text not null unique,
  parent_id uuid references refresh_tokens on delete cascade,
  expires_at timestamptz not null,
  used_at timestamptz
);
select app_adopt_table('refresh_tokens');
create index refresh_tokens_session_id on refresh_tokens (session_id);
create index refresh_tokens_parent_id on refresh_tokens (parent_id);

create table one_time_tokens (
  id uuid primary key default app_uuid7(),
  user_id uuid not null references users on delete cascade,
  kind text not null check (kind in ('activation', 'invite', 'recovery', 'email_change')),
  token_hash text not null unique,
  expires_at timestamptz not null,
  used_at timestamptz
);
select app_adopt_table('one_time_tokens');
create index one_time_tokens_user_id on one_time_tokens (user_id);

create table signing_keys (
  kid text primary key,
  private_jwk jsonb not null,
  public_jwk jsonb not null,
  retired_at timestamptz
);
select app_adopt_table('signing_keys');

create table user_security_summary (
  id uuid primary key default app_uuid7(),
  user_id uuid not null unique references users on delete cascade,
  failed_login_attempts int not null default 0 check (failed_login_attempts >= 0),
  suspicious_activity_count int not null default 0 check (suspicious_activity_count >= 0),
  security_score int not null default 100 check (security_score between 0 and 100),
  last_login_at timestamptz,
  last_failed_login_at timestamptz,
  password_last_changed timestamptz,
  locked_until timestamptz,
  risk_level text not null default 'low' check (risk_level in ('low', 'medium', 'high', 'critical'))
);
select app_adopt_table('user_security_summary');

-- The ledger of reasons why somebody is restricted or blocked; several may be open at once.
create table suspensions (
  id uuid primary key default app_uuid7(),
  user_id uuid not null references users on delete cascade,
  cause text not null
    check (cause in ('overdue', 'unpaid', 'expired', 'manual', 'scheduled', 'security', 'refund')),
  ref_id uuid,
  reason text,
  starts_at timestamptz not null default now(),
  ends_at timestamptz,
  lifted_at timestamptz,
  lifted_by uuid references users on delete set null,
  created_by uuid references users on delete set null
);
select app_adopt_table('suspensions');
create unique index suspensions_one_open on suspensions
  (user_id, cause, coalesce(ref_id, '00000000-0000-0000-0000-000000000000')) where lifted_at is null;

-- Gapless numbers: one locked row per series.
create table number_counters (
  scope text primary key,
  last_value bigint not null default 0 check (last_value >= 0)
);
select app_adopt_table('number_counters');

create table idempotency_keys (
  -- No foreign key: the answer of a command outlives the person who asked for it.
  actor_id uuid not null,
  key uuid not null,
  operation text not null,
  request_hash text not null,
  state text not null default 'running' check (state in ('running', 'done')),
  response jsonb,
  primary key (actor_id, key)
);
select app_adopt_table('idempotency_keys');

-- The audit trail: rows are only ever added, and stay when people go.
create table admin_logs (
  id uuid primary key default app_uuid7(),
  entity_type text not null,
  action text not null,
  entity_id uuid,
  target_user_id uuid,
  performed_by uuid references users on delete set null,
  description text,
  data jsonb not null default '{}',
  request_id text,
  ip text
);
select app_adopt_table('admin_logs');
create index admin_logs_entity_type on admin_logs (entity_type, created_at desc);
create index admin_logs_performed_by on admin_logs (performed_by, created_at desc);
create index admin_logs_target_user_id on admin_logs (target_user_id);
