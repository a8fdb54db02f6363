-- Reports of devices: how many there were, what they look like together, and the incidents that staff judge.

-- How many reports of one kind the server took from a person since a moment.
create function server_count_reports(key text, kind text, person uuid, since timestamptz) returns int
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return case kind
    when 'error_logs' then (select count(*) from error_logs where user_id = person and created_at > since)
    when 'security_signals' then (select count(*) from security_signals where student_id = person and created_at > since)
    when 'video_access_events' then (select count(*) from video_access_events where user_id = person and created_at > since)
  end;
end $$;

-- The address an event came from; a device does not tell it.
create function server_stamp_access(key text, event uuid, address text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  perform set_config('app.keep_v', 'on', true);
  update video_access_events set ip_address = address where id = event;
  perform set_config('app.keep_v', 'off', true);
end $$;

-- The AccessPattern of a person in the twenty minutes before a moment, by the devices' own times. A day is the farthest the server
-- looks back for rows, so that a queue of yesterday is judged as what it was.
create function server_access_pattern(key text, person uuid, moment timestamptz) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return (
    with event as (
      select e.lesson_id, e.event_type, e.ip_address from video_access_events e
      where e.user_id = person and coalesce(e.client_at, e.created_at) > moment - interval '20 minutes'
        and coalesce(e.client_at, e.created_at) <= moment and e.created_at > moment - interval '1 day'
    )
    select jsonb_build_object(
      'lessons', count(distinct lesson_id) filter (where event_type = 'open'),
      'opens', count(*) filter (where event_type = 'open'),
      'heartbeats', count(*) filter (where event_type = 'heartbeat'),
      'reopenings', coalesce((select max(n) from (
        select count(*) as n from event where event_type = 'open' and lesson_id is not null group by lesson_id) each), 0),
      'addresses', count(distinct ip_address))
    from event);
end $$;

-- Notes an incident; the same kind of the same person within twenty minutes is one. Answers its id, null where it was noted before.
create function server_note_incident(
  key text, person uuid, kind text, gravity text, device text, address text, page text, facts jsonb, moment timestamptz)
returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare incident uuid;
begin
  perform app_check_server_key(key);
  insert into security_incidents (user_id, signal, severity, device_label, ip_address, page_url, metadata, created_at)
  select person, kind, gravity, device, address, page, coalesce(facts, '{}'), moment
  where not exists (
    select from security_incidents i
    where i.user_id = person and i.signal = kind and i.created_at > moment - interval '20 minutes' and i.created_at <= moment)
  returning id into incident;
  return incident;
end $$;
