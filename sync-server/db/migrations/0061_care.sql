-- What the team knows and does about a student: notes, who is at risk, and how somebody who went silent is won back.

create table student_notes (
  id uuid primary key default app_uuid7(),
  student_id uuid not null references students on delete cascade,
  author_id uuid not null references users on delete restrict,
  -- A copy of the author's name at the time of writing, made by a trigger.
  author_name text not null default '',
  kind text not null default 'note' check (kind in ('note', 'contact', 'risk')),
  body text not null check (char_length(body) between 1 and 1000)
);
select app_adopt_table('student_notes');
select app_accept_devices('student_notes');
create index student_notes_student_id on student_notes (student_id, created_at desc);
create index student_notes_author_id on student_notes (author_id);

create function app_name_note_author() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  select full_name into new.author_name from users where id = new.author_id;
  new.author_name := coalesce(new.author_name, '');
  return new;
end $$;
revoke all on function app_name_note_author() from public;
create trigger name_note_author before insert on student_notes
  for each row execute function app_name_note_author();

create table at_risk_rules (
  id uuid primary key default '00000000-0000-4000-8000-000000000001'
    check (id = '00000000-0000-4000-8000-000000000001'),
  -- 0 = this sign is not looked at.
  no_login_days int not null default 0 check (no_login_days between 0 and 365),
  stuck_recording_days int not null default 0 check (stuck_recording_days between 0 and 365),
  stuck_assignment_days int not null default 0 check (stuck_assignment_days between 0 and 365),
  missed_sessions_count int not null default 0 check (missed_sessions_count between 0 and 60),
  configured boolean not null default false
);
select app_adopt_table('at_risk_rules');
insert into at_risk_rules default values;

create table at_risk_flags (
  id uuid primary key default app_uuid7(),
  student_id uuid not null references students on delete cascade,
  opened_at timestamptz not null default now(),
  reasons jsonb not null default '[]' check (jsonb_typeof(reasons) = 'array'),
  is_critical boolean not null default false,
  last_contact_at timestamptz,
  closed_at timestamptz,
  closed_as text check (closed_as in ('resolved_by_student', 'resolved_by_team')),
  check ((closed_at is null) = (closed_as is null))
);
select app_adopt_table('at_risk_flags');
create index at_risk_flags_student_id on at_risk_flags (student_id, opened_at desc);
create unique index at_risk_flags_one_open on at_risk_flags (student_id) where closed_at is null and not is_deleted;

create table student_recovery_messages (
  id uuid primary key default app_uuid7(),
  student_id uuid not null references students on delete cascade,
  recovery_cycle int not null default 1 check (recovery_cycle >= 1),
  attempt int not null default 1 check (attempt between 1 and 3),
  days_inactive int not null check (days_inactive >= 0),
  message_type text not null default 'whatsapp_inactive' check (message_type in ('whatsapp_inactive', 'email_reminder')),
  channel text not null default 'whatsapp' check (channel in ('whatsapp', 'email')),
  message_status text not null default 'pending'
    check (message_status in ('pending', 'sent', 'failed', 'recovered', 'churned', 'cancelled')),
  message_content text check (char_length(message_content) <= 4000),
  error_message text,
  message_sent_at timestamptz,
  responded_at timestamptz,
  escalated_at timestamptz,
  last_check_date date,
  -- The last sign of life that the cycle was begun on.
  last_login_check timestamptz,
  recovery_successful boolean,
  recovered_at timestamptz,
  close_cause text check (close_cause in ('activity', 'reply', 'offline_activity')),
  unique (student_id, recovery_cycle, attempt)
);
select app_adopt_table('student_recovery_messages');
create index student_recovery_messages_status on student_recovery_messages (message_status, student_id);

-- One open cycle per student: its attempts may stand side by side, those of another cycle not.
create function app_keep_one_recovery_cycle() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('recovery:' || new.student_id, 0));
  if exists (
    select from student_recovery_messages m
    where m.student_id = new.student_id and m.recovery_cycle <> new.recovery_cycle
      and m.message_status in ('pending', 'sent', 'failed') and not m.is_deleted
  ) then
    raise exception 'another recovery cycle of this student is open' using errcode = 'unique_violation';
  end if;
  return new;
end $$;
revoke all on function app_keep_one_recovery_cycle() from public;
create trigger keep_one_recovery_cycle before insert or update on student_recovery_messages
  for each row when (new.message_status in ('pending', 'sent', 'failed') and not new.is_deleted)
  execute function app_keep_one_recovery_cycle();

create table student_recovery_checks (
  id uuid primary key default app_uuid7(),
  check_date date not null unique,
  students_checked int not null default 0 check (students_checked >= 0),
  newly_inactive int not null default 0 check (newly_inactive >= 0),
  sent int not null default 0 check (sent >= 0),
  failed int not null default 0 check (failed >= 0),
  recovered int not null default 0 check (recovered >= 0),
  still_inactive int not null default 0 check (still_inactive >= 0),
  churned int not null default 0 check (churned >= 0),
  check_completed_at timestamptz
);
select app_adopt_table('student_recovery_checks');
