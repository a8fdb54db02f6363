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

-- Notes that a person is here, on which session, and at what. One row per session.
create function server_report_presence(
  key text, person uuid, session uuid, label text, fingerprint text, agent text, address text, activity jsonb,
  moment timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  insert into student_sessions as s (
    user_id, session_token, device_label, device_fingerprint, user_agent, ip_address, current_activity, first_seen_at,
    last_heartbeat_at)
  values (person, session, label, fingerprint, left(agent, 500), address, activity, moment, moment)
  on conflict (user_id, session_token) do update set
    device_label = coalesce(excluded.device_label, s.device_label),
    device_fingerprint = coalesce(excluded.device_fingerprint, s.device_fingerprint),
    user_agent = excluded.user_agent, ip_address = excluded.ip_address, current_activity = excluded.current_activity,
    last_heartbeat_at = greatest(s.last_heartbeat_at, excluded.last_heartbeat_at)
  where s.ended_at is null;
end $$;

-- Presence ends with the session.
create or replace function app_end_presence() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update student_sessions set ended_at = new.revoked_at where session_token = new.id and ended_at is null;
  return null;
end $$;
create or replace trigger end_presence after update of revoked_at on auth_sessions
  for each row when (old.revoked_at is null and new.revoked_at is not null) execute function app_end_presence();

-- Puts a signal aside, or takes it up again; the student it is about, null where nothing changed.
create function server_dismiss_signal(key text, signal uuid, aside boolean) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare about uuid;
begin
  perform app_check_server_key(key);
  update security_signals set dismissed = aside where id = signal and dismissed <> aside and not is_deleted
  returning student_id into about;
  return about;
end $$;

-- Notes that somebody was warned because of an incident: {user_id, signal}, null where there is none.
create function server_note_warning(key text, incident uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare noted security_incidents;
begin
  perform app_check_server_key(key);
  update security_incidents set action_taken = case action_taken when 'suspended' then action_taken else 'warned' end
  where id = incident and not is_deleted returning * into noted;
  return case when noted.id is not null then jsonb_build_object('user_id', noted.user_id, 'signal', noted.signal) end;
end $$;

-- Marks a fault as looked after, or as open again; false where nothing changed.
create function server_resolve_error(key text, fault uuid, is_resolved boolean, resolver uuid, moment timestamptz) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  update error_logs set resolved = is_resolved, resolved_at = case when is_resolved then moment end,
    resolved_by = case when is_resolved then resolver end
  where id = fault and resolved <> is_resolved and not is_deleted;
  return found;
end $$;
