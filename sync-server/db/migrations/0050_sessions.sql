-- Live sessions and who came to them.

create table success_sessions (
  id uuid primary key default app_uuid7(),
  title text not null check (char_length(title) between 1 and 150),
  description text check (char_length(description) <= 5000),
  start_time timestamptz not null,
  end_time timestamptz,
  timezone text,
  status text not null default 'draft' check (status in ('draft', 'upcoming', 'live', 'completed', 'cancelled')),
  link text check (link ~* '^https://[^[:space:]]+$' and char_length(link) <= 2000),
  recording_url text check (recording_url ~* '^https://[^[:space:]]+$' and char_length(recording_url) <= 2000),
  notes text check (char_length(notes) <= 5000),
  cancel_reason text check (char_length(cancel_reason) <= 1000),
  mentor_id uuid references mentors on delete set null,
  -- The host's name when the session was made, so that students read it without reading people.
  mentor_name text,
  created_by uuid references users on delete set null,
  course_id uuid references courses on delete set null,
  pathway_id uuid references learning_pathways on delete set null,
  batch_ids uuid[] not null default '{}' check (cardinality(batch_ids) <= 50),
  audience text not null default 'all' check (audience in ('all', 'course', 'batches', 'unbatched')),
  drip_days int check (drip_days >= 0),
  zoom_meeting_id text,
  zoom_passcode text,
  host_login_email text,
  -- Sealed with the server's key; a command opens it for the host and says so in the trail.
  host_login_secret bytea,
  reminder_24h_sent_at timestamptz,
  reminder_3h_sent_at timestamptz,
  reminder_1h_sent_at timestamptz,
  reminder_start_sent_at timestamptz,
  check (end_time > start_time),
  check (status in ('draft', 'cancelled') or link is not null),
  check (audience <> 'batches' or cardinality(batch_ids) > 0)
);
select app_adopt_table('success_sessions');
create unique index success_sessions_one_per_link on success_sessions (link, start_time)
  where status <> 'cancelled' and not is_deleted;
create index success_sessions_start_time on success_sessions (start_time);
create index success_sessions_mentor_id on success_sessions (mentor_id);
create index success_sessions_course_id on success_sessions (course_id);
create index success_sessions_batch_ids on success_sessions using gin (batch_ids);

create table session_attendance (
  id uuid primary key,
  student_id uuid not null references students on delete cascade,
  session_id uuid not null references success_sessions on delete cascade,
  attended_at timestamptz not null default now(),
  client_attended_at timestamptz,
  method text not null default 'join' check (method in ('join', 'manual', 'import')),
  -- Told after the session was over: the device's own time counted.
  is_flagged boolean not null default false,
  unique (student_id, session_id)
);
select app_adopt_table('session_attendance', 'student_id', 'session_id');
select app_accept_devices('session_attendance');
create index session_attendance_session_id on session_attendance (session_id);
