-- The company itself, what is owed, and what is told to whom. Singletons carry a fixed uuid (docs/decisions).

create table company_settings (
  id uuid primary key default '00000000-0000-4000-8000-000000000001'
    check (id = '00000000-0000-4000-8000-000000000001'),
  company_name text not null,
  address text not null,
  contact_email text not null,
  primary_phone text not null,
  company_email text,
  secondary_phone text,
  custom_domain text,
  lms_url text,
  notification_email_cc text,
  branding jsonb not null default '{}' check (jsonb_typeof(branding) = 'object'),
  logo_file_id uuid references files on delete set null,
  lms_sequential_unlock boolean not null default true,
  drip_enabled_default boolean not null default false,
  multi_course_enabled boolean not null default false,
  -- True: the onboarding questionnaire is asked.
  enable_student_signin boolean not null default false,
  onboarding_video_enabled boolean not null default true,
  onboarding_video_url text,
  onboarding_document_file_id uuid references files on delete set null,
  onboarding_pointers jsonb not null default '[]' check (jsonb_typeof(onboarding_pointers) = 'array'),
  announcement_banner jsonb,
  livechat_code text,
  help_url text,
  sp_daily_credits int not null default 10 check (sp_daily_credits between 0 and 200),
  recovery_inactivity_days int not null default 3 check (recovery_inactivity_days between 1 and 60),
  watch_complete_percent int not null default 90 check (watch_complete_percent between 50 and 100),
  offline_lease_days int not null default 14 check (offline_lease_days between 1 and 30),
  lookahead_lessons int not null default 3 check (lookahead_lessons between 0 and 3),
  submission_max_files int not null default 10 check (submission_max_files between 1 and 20),
  submission_max_file_mb int not null default 25 check (submission_max_file_mb between 1 and 50),
  timezone text not null default 'Asia/Karachi',
  default_country_code text not null default '92',
  rating_gate_from date,
  quiet_hours jsonb,
  em_sees_all_students boolean not null default false,
  session_emails_enabled boolean not null default false,
  ai jsonb not null default '{}',
  ticket_assignees jsonb not null default '{}',
  features jsonb not null default '{}'
);
select app_adopt_table('company_settings');

create table invoices (
  id uuid primary key default app_uuid7(),
  student_id uuid not null references students on delete restrict,
  enrollment_id uuid references course_enrollments on delete set null,
  course_id uuid references courses on delete set null,
  pathway_id uuid references learning_pathways on delete set null,
  installment_plan_id uuid references installment_plans on delete set null,
  invoice_number text unique,
  pdf_file_id uuid references files on delete set null,
  installment_number int not null check (installment_number >= 1),
  amount bigint not null check (amount >= 0),
  penalty_amount bigint not null default 0 check (penalty_amount >= 0),
  amount_paid bigint not null default 0 check (amount_paid >= 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  penalty_waived_by uuid references users on delete set null,
  penalty_waived_at timestamptz,
  issue_date timestamptz,
  due_date timestamptz not null,
  extended_due_date timestamptz,
  status text not null default 'scheduled'
    check (status in ('scheduled', 'pending', 'due', 'paid', 'cancelled', 'refunded')),
  first_reminder_sent_at timestamptz,
  second_reminder_sent_at timestamptz,
  reminder_from date,
  reminder_step int not null default 0 check (reminder_step between 0 and 2),
  overdue_at timestamptz,
  paid_at timestamptz,
  payment_method text,
  notes text,
  cancel_reason text,
  enrollment_details jsonb,
  refunded_at timestamptz,
  refund_amount bigint,
  refund_reason text,
  refund_method text,
  refunded_by uuid references users on delete set null,
  check (penalty_waived_at is null or penalty_amount = 0)
);
select app_adopt_table('invoices');
create unique index invoices_installment on invoices (student_id, enrollment_id, installment_number)
  where status <> 'cancelled';
create index invoices_student on invoices (student_id, status);
create index invoices_enrollment_id on invoices (enrollment_id);
create index invoices_due_date on invoices (due_date);
create index invoices_status on invoices (status);

create table notifications (
  id uuid primary key default app_uuid7(),
  user_id uuid not null references users on delete cascade,
  type text not null,
  template_key text,
  channel text not null default 'in_app' check (channel in ('in_app', 'email', 'whatsapp', 'push')),
  status text not null default 'sent' check (status in ('sent', 'failed')),
  title text not null,
  body text not null,
  payload jsonb not null default '{}' check (jsonb_typeof(payload) = 'object'),
  payload_hash text,
  sent_at timestamptz not null default now(),
  read_at timestamptz,
  dismissed_at timestamptz,
  send_at timestamptz,
  dedupe_key text unique
);
select app_adopt_table('notifications');
select app_accept_devices('notifications');
create index notifications_user on notifications (user_id, created_at desc);
create index notifications_unread on notifications (user_id) where read_at is null;
create index notifications_repeats on notifications (user_id, template_key, payload_hash);

create table notification_settings (
  id uuid primary key,
  user_id uuid not null unique references users on delete cascade,
  mutes jsonb not null default '{}' check (jsonb_typeof(mutes) = 'object'),
  whatsapp_opt_in boolean not null default false,
  whatsapp_opt_in_at timestamptz,
  whatsapp_opt_in_source text,
  email_digest boolean not null default false,
  quiet_hours jsonb
);
select app_adopt_table('notification_settings', 'user_id');
select app_accept_devices('notification_settings');

create table notification_templates (
  id uuid primary key default app_uuid7(),
  company_id uuid not null default '00000000-0000-4000-8000-000000000001'
    references company_settings on delete restrict,
  key text not null,
  channel text not null default 'in_app' check (channel in ('in_app', 'email', 'whatsapp')),
  language text not null default 'en',
  title_md text not null,
  body_md text not null,
  variables text[] not null default '{}',
  active boolean not null default true,
  unique (key, channel, language)
);
select app_adopt_table('notification_templates');

create table email_queue (
  id uuid primary key default app_uuid7(),
  user_id uuid references users on delete set null,
  template_key text not null,
  priority text not null default 'immediate' check (priority in ('immediate', 'bulk')),
  recipient_email text not null,
  recipient_name text not null,
  cc text,
  subject text,
  body text,
  payload jsonb not null default '{}',
  file_ids uuid[] not null default '{}',
  status text not null default 'pending' check (status in ('pending', 'sending', 'sent', 'failed', 'cancelled')),
  retry_count int not null default 0 check (retry_count between 0 and 6),
  error_message text,
  scheduled_at timestamptz not null default now(),
  locked_until timestamptz,
  sent_at timestamptz,
  dedupe_key text not null unique,
  provider text,
  provider_message_id text
);
select app_adopt_table('email_queue');
create index email_queue_due on email_queue (scheduled_at) where status = 'pending';

create table whatsapp_queue (
  id uuid primary key default app_uuid7(),
  user_id uuid references users on delete set null,
  to_phone text not null,
  template_key text not null,
  language text not null default 'en',
  payload jsonb not null default '{}',
  body text,
  status text not null default 'pending'
    check (status in ('pending', 'sending', 'sent', 'delivered', 'read', 'failed', 'cancelled')),
  retry_count int not null default 0 check (retry_count >= 0),
  scheduled_at timestamptz not null default now(),
  locked_until timestamptz,
  sent_at timestamptz,
  error_code text,
  error_message text,
  provider_message_id text unique,
  dedupe_key text not null unique
);
select app_adopt_table('whatsapp_queue');
create index whatsapp_queue_due on whatsapp_queue (scheduled_at) where status = 'pending';

create table sync_rejections (
  id uuid primary key default app_uuid7(),
  user_id uuid not null references users on delete cascade,
  device_id uuid references devices on delete set null,
  collection text not null,
  doc_id text not null,
  code text not null check (code in (
    'not_allowed', 'locked', 'closed', 'already_reviewed', 'submission_open', 'already_approved', 'stale', 'taken',
    'invalid', 'too_large', 'file_type', 'duplicate', 'unknown')),
  message text not null,
  pushed_doc jsonb not null default '{}',
  acknowledged_at timestamptz
);
select app_adopt_table('sync_rejections');
select app_accept_devices('sync_rejections');
create index sync_rejections_user on sync_rejections (user_id, created_at desc);
