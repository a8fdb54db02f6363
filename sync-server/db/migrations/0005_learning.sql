-- What a person did with the lessons, and what the server concluded from it.

create table recording_views (
  id uuid primary key,
  user_id uuid not null references users on delete cascade,
  lesson_id uuid not null references available_lessons on delete cascade,
  watched boolean not null default false,
  watched_at timestamptz,
  position_seconds double precision not null default 0 check (position_seconds >= 0),
  watched_ranges jsonb not null default '[]' check (jsonb_typeof(watched_ranges) = 'array'),
  watched_seconds double precision not null default 0 check (watched_seconds >= 0),
  duration_seconds double precision check (duration_seconds >= 0),
  last_watched_at timestamptz,
  check (watched = (watched_at is not null)),
  unique (user_id, lesson_id)
);
select app_adopt_table('recording_views', 'user_id', 'lesson_id');
select app_accept_devices('recording_views');
create index recording_views_watched on recording_views (user_id, watched);
create index recording_views_watched_at on recording_views (watched_at) where watched;
create index recording_views_lesson_id on recording_views (lesson_id);

create table user_unlocks (
  id uuid primary key,
  user_id uuid not null references users on delete cascade,
  lesson_id uuid not null references available_lessons on delete cascade,
  is_unlocked boolean not null default false,
  unlocked_at timestamptz,
  source text not null default 'rule'
    check (source in ('first_lesson', 'completion', 'rating', 'approval', 'drip', 'rule', 'manual', 'bypass')),
  reason text check (reason in (
    'account_restricted', 'no_access', 'access_expired', 'pathway_locked', 'fees_not_cleared', 'drip_locked',
    'previous_lesson_not_watched', 'previous_lesson_not_rated', 'previous_assignment_not_submitted',
    'previous_assignment_not_approved', 'previous_assignment_declined',
    'drip_bypass', 'manually_unlocked', 'already_watched', 'sequential_off', 'first_lesson', 'requirements_met')),
  available_at timestamptz,
  blocking_lesson_id uuid references available_lessons on delete set null,
  offline_openable boolean not null default false,
  unlocked_by uuid references users on delete set null,
  unique (user_id, lesson_id)
);
select app_adopt_table('user_unlocks', 'user_id', 'lesson_id');
create index user_unlocks_lesson_id on user_unlocks (lesson_id);
create index user_unlocks_available_at on user_unlocks (available_at) where not is_unlocked;

create table recording_ratings (
  id uuid primary key,
  user_id uuid not null references users on delete cascade,
  lesson_id uuid not null references available_lessons on delete cascade,
  rating int not null check (rating between 1 and 5),
  feedback text check (char_length(feedback) <= 2000),
  check (rating > 2 or coalesce(btrim(feedback), '') <> ''),
  unique (user_id, lesson_id)
);
select app_adopt_table('recording_ratings', 'user_id', 'lesson_id');
select app_accept_devices('recording_ratings');
create index recording_ratings_lesson_id on recording_ratings (lesson_id);

create table lesson_notes (
  id uuid primary key default app_uuid7(),
  user_id uuid not null references users on delete cascade,
  lesson_id uuid not null references available_lessons on delete cascade,
  at_seconds double precision check (at_seconds >= 0),
  body text not null check (char_length(body) <= 20000),
  copy_of uuid references lesson_notes on delete set null
);
select app_adopt_table('lesson_notes');
select app_accept_devices('lesson_notes');
create index lesson_notes_user_lesson on lesson_notes (user_id, lesson_id);
create index lesson_notes_lesson_id on lesson_notes (lesson_id);

create table user_module_progress (
  id uuid primary key,
  user_id uuid not null references users on delete cascade,
  module_id uuid not null references modules on delete cascade,
  is_completed boolean not null default false,
  progress_percentage int not null default 0 check (progress_percentage between 0 and 100),
  completed_at timestamptz,
  unique (user_id, module_id)
);
select app_adopt_table('user_module_progress', 'user_id', 'module_id');
create index user_module_progress_module_id on user_module_progress (module_id);

create table user_activity_logs (
  id uuid primary key default app_uuid7(),
  user_id uuid not null references users on delete cascade,
  activity_type text not null,
  occurred_at timestamptz not null default now(),
  reference_id uuid,
  metadata jsonb not null default '{}' check (octet_length(metadata::text) <= 8192)
);
select app_adopt_table('user_activity_logs');
select app_accept_devices('user_activity_logs');
create index user_activity_logs_user on user_activity_logs (user_id, occurred_at desc);
create index user_activity_logs_type on user_activity_logs (activity_type, occurred_at);
