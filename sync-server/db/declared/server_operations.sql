-- Forgetting records that have served.

-- Deletes records older than `days` ({table: days}); with `only_count` it counts them. Refusals go that long after they were seen.
create function server_purge_records(key text, moment timestamptz, days jsonb, only_count boolean) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  kind record;
  purged bigint := 0;
  part bigint;
begin
  perform app_check_server_key(key);
  for kind in
    select * from (values
      ('job_runs', 'started_at'), ('video_access_events', 'created_at'), ('notifications', 'created_at'),
      ('sync_rejections', 'acknowledged_at'), ('user_activity_logs', 'created_at')) as known(name, since)
  loop
    execute format(
      case when only_count then 'select from %I where %I < $1' else 'delete from %I where %I < $1' end, kind.name, kind.since)
    using moment - make_interval(days => (days ->> kind.name)::int);
    get diagnostics part = row_count;
    purged := purged + part;
  end loop;
  return purged;
end $$;
