-- What is taught, to whom, and from when. Money is in minor units of the row's currency.

create table course_tracks (
  id uuid primary key default app_uuid7(),
  name text not null unique,
  description text,
  criteria jsonb not null default '{}',
  needs_mentor boolean not null default false
);
select app_adopt_table('course_tracks');

create table courses (
  id uuid primary key default app_uuid7(),
  title text not null,
  description text,
  thumbnail_file_id uuid references files on delete set null,
  track_id uuid references course_tracks on delete set null,
  created_by uuid references users on delete set null,
  price bigint not null default 0 check (price >= 0),
  currency text not null default 'PKR' check (currency ~ '^[A-Z]{3}$'),
  is_active boolean not null default true,
  is_published boolean not null default false,
  is_default boolean not null default false,
  sequence_order int not null default 0 check (sequence_order >= 0),
  max_installments int check (max_installments between 1 and 12),
  access_duration_days int check (access_duration_days > 0),
  drip_enabled boolean
);
select app_adopt_table('courses');
create unique index courses_one_default on courses (is_default) where is_default;

create table learning_pathways (
  id uuid primary key default app_uuid7(),
  name text not null,
  description text,
  thumbnail_file_id uuid references files on delete set null,
  price bigint not null default 0 check (price >= 0),
  currency text not null default 'PKR' check (currency ~ '^[A-Z]{3}$'),
  is_active boolean not null default true,
  is_published boolean not null default false,
  max_installments int check (max_installments between 1 and 12),
  access_duration_days int check (access_duration_days > 0),
  drip_enabled boolean,
  created_by uuid references users on delete set null
);
select app_adopt_table('learning_pathways');

create table pathway_courses (
  id uuid primary key default app_uuid7(),
  pathway_id uuid not null references learning_pathways on delete cascade,
  course_id uuid not null references courses on delete cascade,
  step_number int not null check (step_number >= 1),
  is_choice_point boolean not null default false,
  choice_group int,
  is_mandatory boolean not null default true,
  unique (pathway_id, course_id)
);
select app_adopt_table('pathway_courses');
create index pathway_courses_step on pathway_courses (pathway_id, step_number);
create index pathway_courses_course_id on pathway_courses (course_id);

create table batches (
  id uuid primary key default app_uuid7(),
  name text not null,
  start_date date not null,
  course_id uuid references courses on delete restrict,
  pathway_id uuid references learning_pathways on delete set null,
  timezone text not null default 'Asia/Karachi',
  default_session_time time not null default '20:00',
  status text not null default 'active' check (status in ('draft', 'active', 'completed')),
  whatsapp_group_link text,
  facebook_community_link text,
  created_by uuid references users on delete set null
);
select app_adopt_table('batches');
create index batches_status on batches (status);
create index batches_start_date on batches (start_date);

create table batch_courses (
  id uuid primary key default app_uuid7(),
  batch_id uuid not null references batches on delete cascade,
  course_id uuid not null references courses on delete cascade,
  unique (batch_id, course_id)
);
select app_adopt_table('batch_courses');

create table batch_pathways (
  id uuid primary key default app_uuid7(),
  batch_id uuid not null references batches on delete cascade,
  pathway_id uuid not null references learning_pathways on delete cascade,
  unique (batch_id, pathway_id)
);
select app_adopt_table('batch_pathways');

create table mentor_course_assignments (
  id uuid primary key default app_uuid7(),
  mentor_id uuid not null references mentors on delete cascade,
  course_id uuid references courses on delete cascade,
  is_global boolean not null default false,
  is_primary boolean not null default false,
  check (is_global = (course_id is null)),
  unique (mentor_id, course_id)
);
select app_adopt_table('mentor_course_assignments');
create unique index mentor_course_assignments_one_global on mentor_course_assignments (mentor_id) where is_global;
create index mentor_course_assignments_course_id on mentor_course_assignments (course_id);

create table course_enrollments (
  id uuid primary key default app_uuid7(),
  student_id uuid not null references students on delete restrict,
  course_id uuid references courses on delete restrict,
  pathway_id uuid references learning_pathways on delete restrict,
  -- Where the student stands in the pathway; course_id stays what was bought.
  current_course_id uuid references courses on delete set null,
  batch_id uuid references batches on delete set null,
  awaiting_choice boolean not null default false,
  enrollment_source text not null default 'direct' check (enrollment_source in ('direct', 'pathway')),
  status text not null default 'active' check (status in ('active', 'completed', 'paused', 'cancelled')),
  enrolled_at timestamptz not null default now(),
  completed_at timestamptz,
  access_expires_at timestamptz,
  progress_percentage int not null default 0 check (progress_percentage between 0 and 100),
  payment_status text not null default 'pending'
    check (payment_status in ('pending', 'partial', 'paid', 'waived', 'refunded')),
  total_amount bigint not null default 0 check (total_amount >= 0),
  amount_paid bigint not null default 0 check (amount_paid >= 0),
  discount_amount bigint not null default 0 check (discount_amount >= 0),
  discount_percentage numeric not null default 0 check (discount_percentage between 0 and 100),
  discount_reason text,
  drip_override boolean not null default false,
  drip_enabled boolean,
  sequential_override boolean not null default false,
  sequential_enabled boolean,
  snapshot_price bigint,
  snapshot_currency text,
  snapshot_source text check (snapshot_source in ('pathway', 'course', 'legacy_total')),
  snapshot_taken_at timestamptz,
  check (num_nonnulls(course_id, pathway_id) = 1),
  unique (student_id, course_id),
  unique (student_id, pathway_id)
);
select app_adopt_table('course_enrollments');
create index course_enrollments_student on course_enrollments (student_id, status);
create index course_enrollments_course_id on course_enrollments (course_id);
create index course_enrollments_pathway_id on course_enrollments (pathway_id);
create index course_enrollments_batch_id on course_enrollments (batch_id);
create index course_enrollments_access_expires_at on course_enrollments (access_expires_at);
create index course_enrollments_payment_status on course_enrollments (payment_status);

create table modules (
  id uuid primary key default app_uuid7(),
  course_id uuid not null references courses on delete restrict,
  title text not null,
  description text,
  sequence_order int not null default 0 check (sequence_order >= 0)
);
select app_adopt_table('modules');
create index modules_course on modules (course_id, sequence_order);

create table available_lessons (
  id uuid primary key default app_uuid7(),
  module_id uuid not null references modules on delete restrict,
  recording_title text not null,
  description text,
  -- For staff only; no student's projection carries it.
  notes text,
  sequence_order int not null check (sequence_order >= 1),
  duration_min int check (duration_min > 0),
  drip_days int not null default 0 check (drip_days >= 0),
  uploaded_by uuid references users on delete set null,
  uploaded_at timestamptz not null default now(),
  has_media boolean not null default false,
  is_published boolean not null default true,
  constraint available_lessons_order unique (module_id, sequence_order) deferrable initially immediate
);
select app_adopt_table('available_lessons');
create index available_lessons_module on available_lessons (module_id, sequence_order, id);

create table recording_attachments (
  id uuid primary key default app_uuid7(),
  lesson_id uuid not null references available_lessons on delete cascade,
  file_name text not null,
  file_id uuid references files on delete set null,
  file_url text,
  -- Its foreign key joins with the table of resources.
  resource_id uuid,
  uploaded_at timestamptz not null default now(),
  -- None is left when the file itself was purged.
  check (num_nonnulls(file_id, file_url, resource_id) <= 1)
);
select app_adopt_table('recording_attachments');
create index recording_attachments_lesson_id on recording_attachments (lesson_id);
create index recording_attachments_file_id on recording_attachments (file_id);

create table lesson_media (
  -- The lesson's own id: a lesson has one recording, and the document is keyed by type as well.
  id uuid primary key references available_lessons on delete cascade,
  provider text not null check (provider in ('file', 'bunny', 'youtube', 'vimeo', 'url')),
  url_enc bytea,
  content_key_enc bytea,
  file_id uuid references files on delete set null,
  mime text,
  sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
  chunk_sha256 jsonb not null default '[]' check (jsonb_typeof(chunk_sha256) = 'array'),
  bytes bigint check (bytes >= 0),
  duration_seconds double precision check (duration_seconds >= 0),
  captions jsonb not null default '[]' check (jsonb_typeof(captions) = 'array'),
  transcript_file_id uuid references files on delete set null,
  allow_offline boolean not null default true
);
select app_adopt_table('lesson_media');
create index lesson_media_file_id on lesson_media (file_id);

create table lesson_drip_overrides (
  id uuid primary key default app_uuid7(),
  lesson_id uuid not null references available_lessons on delete cascade,
  course_id uuid not null references courses on delete cascade,
  pathway_id uuid references learning_pathways on delete cascade,
  drip_days int not null check (drip_days >= 0)
);
select app_adopt_table('lesson_drip_overrides');
create unique index lesson_drip_overrides_course on lesson_drip_overrides (lesson_id, course_id)
  where pathway_id is null;
create unique index lesson_drip_overrides_pathway on lesson_drip_overrides (lesson_id, pathway_id, course_id)
  where pathway_id is not null;

create table assignments (
  id uuid primary key default app_uuid7(),
  lesson_id uuid references available_lessons on delete set null,
  course_id uuid references courses on delete set null,
  mentor_id uuid references mentors on delete set null,
  name text not null,
  description text,
  instructions text,
  submission_type text not null default 'text' check (submission_type in ('text', 'link', 'file')),
  due_days int not null default 7 check (due_days >= 0),
  is_required boolean not null default true,
  is_active boolean not null default true,
  -- null = the company's setting
  max_files int check (max_files between 1 and 20),
  max_file_mb int check (max_file_mb between 1 and 50)
);
select app_adopt_table('assignments');
create index assignments_lesson_id on assignments (lesson_id);
create index assignments_course_id on assignments (course_id);
create index assignments_mentor_id on assignments (mentor_id);
