-- Work handed in and what reviewers said about it.

create table submissions (
  id uuid primary key default app_uuid7(),
  assignment_id uuid not null references assignments on delete restrict,
  student_id uuid not null references students on delete cascade,
  version int not null default 1 check (version >= 1),
  status text not null default 'pending' check (status in ('pending', 'approved', 'declined', 'withdrawn')),
  content text check (char_length(content) <= 20000),
  links jsonb not null default '[]' check (jsonb_typeof(links) = 'array' and jsonb_array_length(links) <= 10),
  file_ids uuid[] not null default '{}' check (cardinality(file_ids) <= 20),
  client_submitted_at timestamptz not null,
  based_on jsonb,
  withdraw_requested_at timestamptz,
  submitted_at timestamptz not null default now(),
  reviewed_at timestamptz,
  is_late boolean not null default false,
  assigned_to uuid references mentors on delete set null,
  reviewed_by uuid references users on delete set null,
  notes text check (char_length(notes) <= 5000),
  score numeric(5, 2) check (score between 0 and 100),
  unique (student_id, assignment_id, version)
);
select app_adopt_table('submissions');
select app_accept_devices('submissions');
create unique index submissions_one_pending on submissions (student_id, assignment_id)
  where status = 'pending' and not is_deleted;
create index submissions_status on submissions (status, submitted_at);
create index submissions_latest on submissions (assignment_id, student_id, version desc);
create index submissions_assigned_to on submissions (assigned_to);

create table submission_reviews (
  id uuid primary key default app_uuid7(),
  submission_id uuid not null references submissions on delete cascade,
  submission_version int not null check (submission_version >= 1),
  reviewer_id uuid not null references users on delete restrict,
  -- The server's snapshot of the reviewer's name and its judgement; a device gives neither.
  reviewer_name text not null default '',
  decision text not null check (decision in ('approved', 'declined', 'reopened', 'comment')),
  notes text check (char_length(notes) <= 5000),
  score numeric(5, 2) check (score between 0 and 100),
  reviewed_at_client timestamptz not null,
  outcome text not null default 'rejected' check (outcome in ('applied', 'superseded', 'rejected')),
  check (decision <> 'declined' or coalesce(btrim(notes), '') <> '')
);
select app_adopt_table('submission_reviews');
select app_accept_devices('submission_reviews');
create index submission_reviews_submission_id on submission_reviews (submission_id);
create index submission_reviews_reviewer_id on submission_reviews (reviewer_id);
