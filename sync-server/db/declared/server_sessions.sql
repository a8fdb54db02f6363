-- What attendance is judged by, and its stamp.

-- A session and one student's standing to it; null where there is no such session. `is_meant`: of its audience (R25).
create function server_attendance_facts(key text, session uuid, student uuid, moment timestamptz) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' as $$
begin
  perform app_check_server_key(key);
  return (
    select jsonb_build_object('status', s.status, 'start_time', s.start_time, 'end_time', s.end_time,
      'mentor_id', s.mentor_id,
      'is_meant', exists (select from app_session_audience(s.audience, s.course_id, s.batch_ids, s.start_time, array[student])),
      'is_open', exists (select from sync_open_students(array[student])),
      'restricted_since', (select min(p.starts_at) from suspensions p
        where p.user_id = student and p.lifted_at is null and not p.is_deleted
          and p.starts_at <= moment and (p.ends_at is null or p.ends_at > moment)))
    from success_sessions s where s.id = session and not s.is_deleted);
end $$;

-- Stamps an attendance that was just inserted. The row keeps the operation's token.
create function server_accept_attendance(key text, attendance uuid, counted_at timestamptz, flagged boolean) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  perform set_config('app.keep_v', 'on', true);
  update session_attendance a set attended_at = counted_at, is_flagged = flagged where a.id = attendance;
  perform set_config('app.keep_v', 'off', true);
end $$;
