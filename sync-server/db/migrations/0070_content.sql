-- What is sold and shown beside the lessons: bundles, choices of a pathway, the schedule of a batch, resources, and the
-- questionnaire that a student answers first. Money is in minor units of the row's currency.

create table course_bundles (
  id uuid primary key default app_uuid7(),
  name text not null,
  description text,
  thumbnail_file_id uuid references files on delete set null,
  price bigint not null check (price >= 0),
  currency text not null default 'PKR' check (currency ~ '^[A-Z]{3}$'),
  discount_percentage numeric not null default 0 check (discount_percentage between 0 and 100),
  is_active boolean not null default true,
  is_published boolean not null default false,
  created_by uuid references users on delete set null
);
select app_adopt_table('course_bundles');

create table bundle_courses (
  id uuid primary key default app_uuid7(),
  bundle_id uuid not null references course_bundles on delete cascade,
  course_id uuid not null references courses on delete cascade,
  unique (bundle_id, course_id)
);
select app_adopt_table('bundle_courses');
create index bundle_courses_course_id on bundle_courses (course_id);

create table pathway_choice_selections (
  id uuid primary key,
  student_id uuid not null references students on delete cascade,
  pathway_id uuid not null references learning_pathways on delete cascade,
  choice_group int not null,
  selected_course_id uuid not null references courses on delete restrict,
  unique (student_id, pathway_id, choice_group)
);
select app_adopt_table('pathway_choice_selections', 'student_id', 'pathway_id', 'choice_group');
select app_accept_devices('pathway_choice_selections');
create index pathway_choice_selections_pathway_id on pathway_choice_selections (pathway_id);
create index pathway_choice_selections_selected_course_id on pathway_choice_selections (selected_course_id);

-- Courses to choose between stand at one step (data model 2.8). Checked at commit, so that a group can be moved row by row.
create function app_require_one_step() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
begin
  if new.choice_group is not null and not new.is_deleted and exists (
    select from pathway_courses s
    where s.pathway_id = new.pathway_id and s.choice_group = new.choice_group and not s.is_deleted
      and s.step_number <> (select n.step_number from pathway_courses n where n.id = new.id)) then
    raise exception 'courses of choice group % stand at different steps', new.choice_group
      using errcode = 'check_violation', constraint = 'pathway_courses_one_step';
  end if;
  return null;
end $$;
create constraint trigger pathway_courses_one_step after insert or update on pathway_courses
  deferrable initially deferred for each row execute function app_require_one_step();

-- Once a batch has begun, its first day stands: every drip date counts from it (data model 2.8).
create function app_freeze_start_date() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
begin
  if new.start_date <> old.start_date and old.start_date <= (now() at time zone old.timezone)::date then
    raise exception 'the batch has begun' using errcode = 'check_violation', constraint = 'batches_start_date_frozen';
  end if;
  return new;
end $$;
create trigger freeze_start_date before update of start_date on batches
  for each row execute function app_freeze_start_date();
create index batches_course_id on batches (course_id);
create index batches_pathway_id on batches (pathway_id);

create table batch_timeline_items (
  id uuid primary key default app_uuid7(),
  batch_id uuid not null references batches on delete cascade,
  course_id uuid references courses on delete set null,
  type text not null check (type in ('RECORDING', 'LIVE_SESSION')),
  -- The same under a name that a document can carry: its own `type` is its table. A trigger keeps it.
  item_type text not null check (item_type in ('RECORDING', 'LIVE_SESSION')),
  title text not null check (char_length(title) between 1 and 200),
  description text,
  -- Calendar days after the batch's first day, in the batch's zone.
  drip_offset_days int not null default 0 check (drip_offset_days between 0 and 3650),
  sequence_order int not null default 0 check (sequence_order >= 0),
  lesson_id uuid references available_lessons on delete set null,
  assignment_id uuid references assignments on delete set null,
  session_id uuid,
  start_datetime timestamptz,
  end_datetime timestamptz,
  meeting_link text,
  recording_url text,
  session_status text not null default 'scheduled'
    check (session_status in ('scheduled', 'live', 'completed', 'cancelled')),
  -- What of the item the batch's students see today. Kept beside the dates, so that policies and devices agree to the
  -- second; a job moves it on when a day begins.
  stage text not null default 'hidden' check (stage in ('hidden', 'announced', 'deployed')),
  reminder_24h_sent_at timestamptz,
  reminder_1h_sent_at timestamptz,
  reminder_start_sent_at timestamptz,
  notification_sent_at timestamptz,
  created_by uuid references users on delete set null,
  check (end_datetime > start_datetime)
);
select app_adopt_table('batch_timeline_items');
create index batch_timeline_items_batch on batch_timeline_items (batch_id, drip_offset_days);
create index batch_timeline_items_lesson_id on batch_timeline_items (lesson_id);
create index batch_timeline_items_assignment_id on batch_timeline_items (assignment_id);
create index batch_timeline_items_session_id on batch_timeline_items (session_id);
create index batch_timeline_items_session_status on batch_timeline_items (session_status) where type = 'LIVE_SESSION';

-- An item is deployed from its day on; in the seven days before, its title is announced (data model R18). A draft batch shows
-- nothing.
create function app_timeline_stage(batch uuid, offset_days int, moment timestamptz) returns text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce((
    select case
      when b.status = 'draft' or b.is_deleted then 'hidden'
      when b.start_date + offset_days <= (moment at time zone b.timezone)::date then 'deployed'
      when b.start_date + offset_days <= (moment at time zone b.timezone)::date + 7 then 'announced'
      else 'hidden' end
    from batches b where b.id = batch), 'hidden')
$$;

create function app_stage_item() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
begin
  new.item_type := new.type;
  new.stage := app_timeline_stage(new.batch_id, new.drip_offset_days, now());
  return new;
end $$;
create trigger stage_item before insert or update of batch_id, drip_offset_days, type on batch_timeline_items
  for each row execute function app_stage_item();

create function app_stage_items_of_batch() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
begin
  update batch_timeline_items set drip_offset_days = drip_offset_days where batch_id = new.id;
  return null;
end $$;
create trigger stage_items after update of start_date, timezone, status, is_deleted on batches
  for each row execute function app_stage_items_of_batch();

create table resource_sections (
  id uuid primary key default app_uuid7(),
  name text not null check (char_length(name) between 1 and 120),
  description text,
  icon text,
  display_order int not null default 0 check (display_order >= 0),
  is_active boolean not null default true,
  created_by uuid references users on delete set null
);
select app_adopt_table('resource_sections');

create table resources (
  id uuid primary key default app_uuid7(),
  section_id uuid not null references resource_sections on delete cascade,
  title text not null check (char_length(title) between 1 and 200),
  description text,
  content_type text not null check (content_type in ('link', 'file', 'rich_text', 'table')),
  -- By content_type: {url} · {file_id, file_name, mime, bytes} · {markdown} · {columns, rows}.
  content jsonb not null default '{}' check (jsonb_typeof(content) = 'object'),
  display_order int not null default 0 check (display_order >= 0),
  is_active boolean not null default true,
  created_by uuid references users on delete set null
);
select app_adopt_table('resources');
create index resources_section_id on resources (section_id, display_order);

create table resource_audiences (
  id uuid primary key default app_uuid7(),
  resource_id uuid not null references resources on delete cascade,
  audience_type text not null check (audience_type in ('all', 'pathway', 'course', 'batch')),
  -- A pathway, course or batch, so without a foreign key; a target that is gone has no enrolments.
  target_id uuid,
  check ((target_id is null) = (audience_type = 'all')),
  unique nulls not distinct (resource_id, audience_type, target_id)
);
select app_adopt_table('resource_audiences');
create index resource_audiences_target on resource_audiences (audience_type, target_id);

-- A resource can be hung on a lesson; the attachment outlives it.
alter table recording_attachments add constraint recording_attachments_resource_id_fkey
  foreign key (resource_id) references resources on delete set null;
create index recording_attachments_resource_id on recording_attachments (resource_id);

create table questionnaires (
  id uuid primary key default app_uuid7(),
  title text not null check (char_length(title) between 1 and 200),
  version int not null default 1 check (version >= 1),
  is_active boolean not null default false,
  questions jsonb not null default '[]' check (jsonb_typeof(questions) = 'array')
);
select app_adopt_table('questionnaires');
create unique index questionnaires_one_active on questionnaires (is_active) where is_active and not is_deleted;

create table onboarding_responses (
  id uuid primary key,
  user_id uuid not null references users on delete cascade,
  questionnaire_id uuid references questionnaires on delete set null,
  questionnaire_version int,
  question_id text not null check (char_length(question_id) between 1 and 80),
  -- Several choices are a JSON array in text.
  answer text check (char_length(answer) <= 5000),
  answer_type text not null
    check (answer_type in ('singleLine', 'multiLine', 'singleSelect', 'multiSelect', 'file', 'text', 'json')),
  file_id uuid references files on delete set null,
  unique nulls not distinct (user_id, questionnaire_id, question_id)
);
select app_adopt_table('onboarding_responses', 'user_id', 'questionnaire_id', 'question_id');
select app_accept_devices('onboarding_responses');
create index onboarding_responses_questionnaire_id on onboarding_responses (questionnaire_id);

create table learning_paths (
  id uuid primary key default app_uuid7(),
  student_id uuid not null references students on delete cascade,
  version int not null default 1 check (version >= 1),
  -- [{course_id, lesson_id?, week, reason}]
  items jsonb not null default '[]' check (jsonb_typeof(items) = 'array'),
  created_by text not null default 'system' check (created_by in ('system', 'mentor')),
  status text not null default 'proposed' check (status in ('proposed', 'accepted', 'change_requested')),
  -- Of the answers it was made from: the same answers make no second plan.
  answers_hash text,
  unique (student_id, version)
);
select app_adopt_table('learning_paths');
select app_accept_devices('learning_paths');
