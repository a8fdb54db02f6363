-- The directory entry follows the person's own name and picture, in the same transaction.
create or replace function app_copy_mentor_name() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update mentors set display_name = new.full_name
  where id = new.id and display_name is distinct from new.full_name;
  return null;
end $$;
create or replace trigger copy_mentor_name after update of full_name on users
  for each row when (new.full_name is distinct from old.full_name) execute function app_copy_mentor_name();

-- Gapless numbers: the counter row stays locked until the transaction that used the number ends.
create or replace function app_next_number(series text) returns bigint
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into number_counters (scope, last_value) values (series, 1)
  on conflict (scope) do update set last_value = number_counters.last_value + 1
  returning last_value
$$;
