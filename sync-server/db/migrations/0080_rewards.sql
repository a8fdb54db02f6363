-- What is earned: milestones and badges, certificates, and the ranking that shows it.

create table badges (
  id uuid primary key default app_uuid7(),
  name text not null unique check (char_length(name) between 1 and 100),
  description text,
  image_file_id uuid references files on delete set null
);
select app_adopt_table('badges');
create index badges_image_file_id on badges (image_file_id) where image_file_id is not null;

create table milestone_categories (
  id uuid primary key default app_uuid7(),
  name text not null unique check (char_length(name) between 1 and 100),
  description text,
  icon text,
  color text not null default '#3B82F6' check (color ~ '^#[0-9A-Fa-f]{6}$'),
  display_order int not null default 0
);
select app_adopt_table('milestone_categories');

create table milestones (
  id uuid primary key default app_uuid7(),
  category_id uuid references milestone_categories on delete set null,
  badge_id uuid references badges on delete set null,
  name text not null unique check (char_length(name) between 1 and 100),
  description text not null,
  icon text not null default '🏆',
  badge_url text,
  points int not null default 10 check (points >= 0),
  display_order int not null default 0,
  is_active boolean not null default true,
  trigger_type text not null check (trigger_type in (
    'recording_watched', 'assignment_submitted', 'assignment_approved', 'integration_connected', 'course_completed',
    'onboarding_completed', 'time_based', 'performance_based', 'sequence_based', 'manual')),
  trigger_config jsonb not null default '{}' check (jsonb_typeof(trigger_config) = 'object'),
  show_celebration boolean not null default false,
  celebration_message text,
  celebration_config jsonb not null default '{}' check (jsonb_typeof(celebration_config) = 'object')
);
select app_adopt_table('milestones');
create index milestones_category_id on milestones (category_id);
create index milestones_badge_id on milestones (badge_id);
create index milestones_trigger on milestones (trigger_type) where is_active;

-- A badge or a milestone that was taken back keeps its row, marked as deleted: what watches the rules does not award it anew.
create table user_badges (
  id uuid primary key,
  user_id uuid not null references users on delete cascade,
  badge_id uuid not null references badges on delete cascade,
  milestone_id uuid references milestones on delete set null,
  earned_at timestamptz not null default now(),
  awarded_by uuid references users on delete set null,
  notes text check (char_length(notes) <= 1000),
  unique (user_id, badge_id)
);
select app_adopt_table('user_badges', 'user_id', 'badge_id');
create index user_badges_badge_id on user_badges (badge_id);
create index user_badges_milestone_id on user_badges (milestone_id);

create table user_milestones (
  id uuid primary key,
  user_id uuid not null references users on delete cascade,
  milestone_id uuid not null references milestones on delete cascade,
  completed_at timestamptz not null default now(),
  awarded_by uuid references users on delete set null,
  notes text check (char_length(notes) <= 1000),
  progress_data jsonb not null default '{}' check (jsonb_typeof(progress_data) = 'object'),
  unique (user_id, milestone_id)
);
select app_adopt_table('user_milestones', 'user_id', 'milestone_id');
create index user_milestones_milestone_id on user_milestones (milestone_id);

create table certificates (
  id uuid primary key default app_uuid7(),
  student_id uuid not null references students on delete restrict,
  type text not null check (type in ('course', 'pathway', 'track')),
  course_id uuid references courses on delete restrict,
  pathway_id uuid references learning_pathways on delete restrict,
  track_id uuid references course_tracks on delete restrict,
  number text not null unique check (number ~ '^CERT-[0-9]{4}-[0-9]{6,}$'),
  title text not null,
  printed_name text not null,
  -- 16 characters of base32: 80 bits of chance.
  verification_code text not null unique check (verification_code ~ '^[A-Z2-7]{16}$'),
  issued_at timestamptz not null default now(),
  -- Null: issued by the rule.
  issued_by uuid references users on delete set null,
  render_state text not null default 'rendering' check (render_state in ('rendering', 'ready', 'failed')),
  file_id uuid references files on delete set null,
  downloaded_at timestamptz,
  download_count int not null default 0 check (download_count >= 0),
  revoked_at timestamptz,
  revoke_reason text,
  check ((course_id is not null) = (type = 'course')),
  check ((pathway_id is not null) = (type = 'pathway')),
  check ((track_id is not null) = (type = 'track'))
);
select app_adopt_table('certificates');
create unique index certificates_one_valid on certificates (student_id, type, coalesce(course_id, pathway_id, track_id))
  where revoked_at is null;
create index certificates_course_id on certificates (course_id) where course_id is not null;
create index certificates_pathway_id on certificates (pathway_id) where pathway_id is not null;
create index certificates_track_id on certificates (track_id) where track_id is not null;
create index certificates_file_id on certificates (file_id) where file_id is not null;
create index certificates_unrendered on certificates (issued_at) where render_state <> 'ready';

-- One row per ranked student and period, renewed every night. The id says nothing about whose row it is: a student who hides
-- the own name gets a new row with a new id.
create table leaderboard_snapshots (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references users on delete cascade,
  period text not null check (period in ('all', 'week')),
  display_name text not null,
  avatar_initials text,
  is_hidden boolean not null default false,
  score int not null default 0 check (score >= 0),
  progress int not null default 0 check (progress between 0 and 100),
  videos_watched int not null default 0 check (videos_watched >= 0),
  assignments_completed int not null default 0 check (assignments_completed >= 0),
  milestones_completed int not null default 0 check (milestones_completed >= 0),
  sessions_attended int not null default 0 check (sessions_attended >= 0),
  ratings_given int not null default 0 check (ratings_given >= 0),
  streak int not null default 0 check (streak >= 0),
  rank int not null check (rank >= 1),
  previous_rank int check (previous_rank >= 1),
  has_shopify boolean not null default false,
  has_meta boolean not null default false,
  batch_id uuid references batches on delete set null,
  course_ids uuid[] not null default '{}',
  calculated_at timestamptz not null default now(),
  unique (user_id, period),
  check (not is_hidden or avatar_initials is null)
);
select app_adopt_table('leaderboard_snapshots');
create index leaderboard_snapshots_order on leaderboard_snapshots (period, score desc, progress desc);
create index leaderboard_snapshots_batch_id on leaderboard_snapshots (batch_id);
