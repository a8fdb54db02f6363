-- The ranking follows a student's wish about the own name at once, not with the next night's build.

-- First letters of the first and the last name, as the ranking shows them.
create or replace function app_initials(full_name text) returns text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select upper(left(words[1], 1) || case when cardinality(words) > 1 then left(words[cardinality(words)], 1) else '' end)
  from (select regexp_split_to_array(trim(full_name), '\s+') as words) as name
$$;

-- What stands in the place of a hidden name: it follows from the row's own id, which says nothing about the student.
create or replace function app_hidden_name(snapshot uuid) returns text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select 'Student #' || upper(right(snapshot::text, 4))
$$;

-- Makes the rows anew under other ids: with the old ones others may still hold the name. Leaving the ranking takes them away.
create or replace function app_follow_leaderboard_wish() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  line leaderboard_snapshots;
begin
  for line in delete from leaderboard_snapshots where user_id = new.id returning * loop
    continue when new.leaderboard_excluded or new.is_deleted;
    line.id := gen_random_uuid();
    line.v := gen_random_uuid();
    line.is_hidden := new.leaderboard_hidden;
    select case when new.leaderboard_hidden then app_hidden_name(line.id) else u.full_name end,
           case when new.leaderboard_hidden then null else app_initials(u.full_name) end
    into line.display_name, line.avatar_initials
    from users u where u.id = new.id;
    insert into leaderboard_snapshots values (line.*);
  end loop;
  return null;
end $$;
create or replace trigger follow_leaderboard_wish
  after update of leaderboard_hidden, leaderboard_excluded, is_deleted on students
  for each row when ((new.leaderboard_hidden, new.leaderboard_excluded, new.is_deleted)
    is distinct from (old.leaderboard_hidden, old.leaderboard_excluded, old.is_deleted))
  execute function app_follow_leaderboard_wish();
