-- What an audit line says about a person by name, address or number, beside the line itself: the trail is for ever, and a person who is
-- erased must not be in it (workflows 3.9). The line keeps a mark in its place.
create table admin_log_people (
  -- The line's own id; no foreign key, for it is written a moment before the line.
  id uuid primary key,
  user_id uuid not null references users on delete restrict,
  -- The line's data as it was given, without secrets.
  data jsonb not null check (jsonb_typeof(data) = 'object')
);
select app_adopt_table('admin_log_people');
create index admin_log_people_user_id on admin_log_people (user_id);
