-- What the live streams of one process ask: whether anything is new, and whom of those who listen here it concerns.

-- Whether anything was published or anybody's reading moved since that look (null: nobody looked yet). Every process asks it four
-- times a second, whoever listens; with plans that are kept and never walk a table.
create or replace function sync_has_news(since pg_snapshot) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = 'force_generic_plan' set enable_seqscan = off as $$
begin
  return since is null
    or exists (select from sync_rows r where r.xid >= pg_snapshot_xmin(since) and not pg_visible_in_snapshot(r.xid, since))
    or exists (select from sync_members m where m.gained >= pg_snapshot_xmin(since) and not pg_visible_in_snapshot(m.gained, since))
    or exists (select from sync_members m where m.lost >= pg_snapshot_xmin(since) and not pg_visible_in_snapshot(m.lost, since));
end $$;

-- Whom of these people the news since that look concern. `same`: two people with equal text get the same rows with the same
-- bodies, since it names every scope they read in which a changed row is published at all. Null: what they read has moved, or so
-- much has changed that each is better asked for alone.
create or replace function server_find_concerned(key text, since pg_snapshot, people uuid[]) returns table (person uuid, same text)
language plpgsql stable security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = 'force_generic_plan' set enable_seqscan = off as $$
declare
  -- More scopes than this are not looked up person by person.
  few constant int := 30;
  changed text[];
  around text[];
begin
  perform app_check_server_key(key);
  return query
    select m.user_id, null::text from sync_members m
    where m.gained >= pg_snapshot_xmin(since) and not pg_visible_in_snapshot(m.gained, since) and m.user_id = any(people)
    union
    select m.user_id, null from sync_members m
    where m.lost >= pg_snapshot_xmin(since) and not pg_visible_in_snapshot(m.lost, since) and m.user_id = any(people);
  changed := array(
    select distinct r.scope from sync_rows r
    where r.xid >= pg_snapshot_xmin(since) and not pg_visible_in_snapshot(r.xid, since));
  if cardinality(changed) = 0 then return; end if;
  around := array(
    select distinct other.scope from sync_rows r join sync_rows other on other.type = r.type and other.id = r.id
    where r.xid >= pg_snapshot_xmin(since) and not pg_visible_in_snapshot(r.xid, since));
  if cardinality(around) <= few then
    return query
      select m.user_id, string_agg(m.scope, ' ' order by m.scope)
      from unnest(people) as listener(id)
      join sync_members m on m.user_id = listener.id and m.lost is null and m.scope = any(around)
      group by m.user_id
      having bool_or(m.scope = any(changed));
  else
    return query
      select distinct m.user_id, null::text from sync_members m
      -- Compared in memory: looked up, each of the people would be looked for in each of the scopes.
      where m.user_id = any(people) and m.lost is null and m.scope || '' = any(changed);
  end if;
end $$;
grant execute on function server_find_concerned(text, pg_snapshot, uuid[])
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin;
