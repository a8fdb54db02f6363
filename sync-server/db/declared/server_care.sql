-- Derived writes of the team's care for students. Every function: first argument `key` proves the caller is this program.

-- Somebody of the team was in touch: the open at-risk flag closes. Answers it, null where none was open.
create function server_settle_risk(key text, student uuid, moment timestamptz) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare flag uuid;
begin
  perform app_check_server_key(key);
  update at_risk_flags f set last_contact_at = moment, closed_at = moment, closed_as = 'resolved_by_team'
  where f.student_id = student and f.closed_at is null and not f.is_deleted
  returning f.id into flag;
  return flag;
end $$;
