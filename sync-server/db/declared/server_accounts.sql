-- Who may use what: the ledger of causes, and the status that follows from it (workflows 2.1, data model R3).

-- Causes from the lightest to the weightest; the weightest open one is the reason people are told.
create or replace function app_suspension_causes() returns text[] language sql immutable parallel safe as $$
  select array['overdue', 'unpaid', 'expired', 'scheduled', 'manual', 'security', 'refund']
$$;
-- Those that sign out and wipe; the others only close learning.
create or replace function app_blocking_causes() returns text[] language sql immutable parallel safe as $$
  select array['scheduled', 'manual', 'security', 'refund']
$$;

-- What a student's status should be at a moment: {lms_status, reason, blocked}. Reads only.
create or replace function app_lms_status(student uuid, moment timestamptz) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  causes text[];
  reason text;
  result text;
  own students%rowtype;
begin
  select coalesce(array_agg(distinct s.cause), '{}') into causes from suspensions s
  where s.user_id = student and s.lifted_at is null and not s.is_deleted
    and s.starts_at <= moment and (s.ends_at is null or s.ends_at > moment);
  select * into own from students s where s.id = student;
  select cause into reason from unnest(app_suspension_causes()) with ordinality as known(cause, weight)
  where cause = any (causes) order by weight desc limit 1;
  result := case
    when reason = 'refund' then 'refunded'
    when own.outcome = 'dropout' then 'dropout'
    when reason is not null then 'suspended'
    -- Until a new enrolment: one made later than the word of staff outweighs it.
    when own.outcome = 'complete' and not exists (
      select from course_enrollments e where e.student_id = student and not e.is_deleted and e.enrolled_at > own.outcome_set_at)
      then 'complete'
    when exists (select from course_enrollments e where e.student_id = student and not e.is_deleted and e.status = 'completed')
      and not exists (
        select from course_enrollments e
        where e.student_id = student and not e.is_deleted and e.status in ('active', 'paused')) then 'complete'
    when not exists (
      select from course_enrollments e
      where e.student_id = student and not e.is_deleted and e.status in ('active', 'completed')
        and (own.fees_cleared or e.payment_status in ('paid', 'waived') or exists (
          select from invoices i
          where i.enrollment_id = e.id and i.installment_number = 1 and i.status = 'paid' and not i.is_deleted)))
      then 'inactive'
    else 'active' end;
  return jsonb_build_object('lms_status', result, 'reason', reason, 'blocked', causes && app_blocking_causes());
end $$;

-- Brings a student's status in line with causes, enrolments and fees; the only writer of `lms_status`. To be called in every
-- transaction that changes one of them. A cause that blocks ends all sessions and asks the devices to wipe; when the last such
-- cause is lifted, devices that had not done so yet are let off. A change leaves an audit line and an activity.
-- Answers {before, after, reason, blocked} of a change, null when nothing changed or the person is no student.
create function server_recalc_lms_status(
  key text, student uuid, actor uuid default null, moment timestamptz default now(), request text default null) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  old users%rowtype;
  fresh jsonb;
  new_status text;
begin
  perform app_check_server_key(key);
  select u.* into old from users u join students s on s.id = u.id where u.id = student for no key update of u;
  if not found then
    return null;
  end if;
  fresh := app_lms_status(student, moment);
  -- Who was deactivated stays so, whatever is owed.
  new_status := case
    when old.status = 'inactive' then 'inactive'
    when (fresh ->> 'blocked')::boolean then 'suspended'
    else 'active' end;
  if (old.lms_status, old.lms_status_reason, old.status)
    is not distinct from (fresh ->> 'lms_status', fresh ->> 'reason', new_status) then
    return null;
  end if;
  update users u set lms_status = fresh ->> 'lms_status', lms_status_reason = fresh ->> 'reason', status = new_status
  where u.id = student;
  if new_status = 'suspended' and old.status <> 'suspended' then
    perform server_end_access(key, student, true);
  elsif new_status = 'active' and old.status = 'suspended' then
    perform server_withdraw_wipe(key, student);
  end if;
  perform server_audit(key, actor, 'student', student, 'lms_status_changed', student, null, jsonb_build_object(
    'before', jsonb_build_object('lms_status', old.lms_status, 'reason', old.lms_status_reason, 'status', old.status),
    'after', jsonb_build_object('lms_status', fresh ->> 'lms_status', 'reason', fresh ->> 'reason', 'status', new_status)),
    request);
  -- Without the reason: the student reads these.
  if old.lms_status = 'suspended' or fresh ->> 'lms_status' = 'suspended' then
    perform server_log_activity(key, student,
      case when fresh ->> 'lms_status' = 'suspended' then 'lms_suspended' else 'lms_activated' end, null, '{}', moment);
  end if;
  return jsonb_build_object('before', old.lms_status, 'after', fresh ->> 'lms_status',
    'reason', fresh ->> 'reason', 'blocked', new_status = 'suspended');
end $$;

-- Ends every session of a person from this moment on; with `wipe`, their devices are told to forget what they hold.
create function server_end_access(key text, person uuid, wipe boolean) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  update users set sessions_revoked_at = now() where id = person;
  update auth_sessions set revoked_at = now() where user_id = person and revoked_at is null;
  if wipe then
    perform server_request_wipe(key, person);
  end if;
end $$;

-- Opens a cause against a student; null when the same one (person, cause, reference) is open already. Recalculate afterwards.
create function server_open_suspension(
  key text, student uuid, suspension_cause text, reference uuid, why text, begins timestamptz, until timestamptz, actor uuid)
  returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare opened uuid;
begin
  perform app_check_server_key(key);
  insert into suspensions (user_id, cause, ref_id, reason, starts_at, ends_at, created_by)
  values (student, suspension_cause, reference, why, begins, until, actor)
  on conflict (user_id, cause, coalesce(ref_id, '00000000-0000-0000-0000-000000000000')) where lifted_at is null do nothing
  returning id into opened;
  return opened;
end $$;

-- Lifts open causes of a student: one row, or all of a cause (and reference, where given). Answers how many.
create function server_lift_suspensions(
  key text, student uuid, suspension uuid, suspension_cause text, reference uuid, moment timestamptz, actor uuid) returns int
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare lifted int;
begin
  perform app_check_server_key(key);
  update suspensions s set lifted_at = moment, lifted_by = actor
  where s.user_id = student and s.lifted_at is null and not s.is_deleted
    and (s.id = suspension or suspension is null and s.cause = suspension_cause
      and (reference is null or s.ref_id = reference));
  get diagnostics lifted = row_count;
  return lifted;
end $$;

-- Students with a cause whose automatic end has come.
create function server_suspensions_over(key text, moment timestamptz, at_most int) returns table (student uuid, suspension uuid)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return query select s.user_id, s.id from suspensions s
    where s.lifted_at is null and not s.is_deleted and s.ends_at <= moment order by s.ends_at limit at_most;
end $$;
