-- What guards look up before they let a write happen.

-- The assignment, the state of its lesson, the latest attempt and the limits, for one student; null when there is no such
-- assignment. `absence` is the last time this device of theirs was away. The attempts stay locked until the transaction ends.
create function server_submission_facts(
  key text, student uuid, assignment uuid, device uuid, moment timestamptz) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' as $$
begin
  perform app_check_server_key(key);
  perform app_lock_attempts(student, assignment);
  return (
    select jsonb_build_object(
      'assignment', jsonb_build_object('id', a.id, 'name', a.name, 'lesson_id', a.lesson_id,
        'submission_type', a.submission_type, 'due_days', a.due_days, 'is_active', a.is_active,
        'max_files', a.max_files, 'max_file_mb', a.max_file_mb),
      'enrolled', exists (select from course_enrollments e
        where e.student_id = student and not e.is_deleted
          and app_assignment_course(a.id) in (select app_enrolment_courses(e.id))),
      'unlock', (select jsonb_build_object('is_unlocked', k.is_unlocked, 'unlocked_at', k.unlocked_at,
          'reason', k.reason, 'changed_at', k.updated_at)
        from user_unlocks k where k.user_id = student and k.lesson_id = a.lesson_id and not k.is_deleted),
      'restricted_since', (select min(p.starts_at) from suspensions p
        where p.user_id = student and p.lifted_at is null and not p.is_deleted
          and p.starts_at <= moment and (p.ends_at is null or p.ends_at > moment)),
      'absence', (select jsonb_build_object('from', d.absent_from, 'until', d.absent_until)
        from devices d where d.id = device and d.user_id = student and d.absent_from is not null),
      'latest', (select jsonb_build_object('version', s.version, 'status', s.status) from submissions s
        where s.student_id = student and s.assignment_id = a.id and not s.is_deleted
        order by s.version desc limit 1),
      'settings', (select jsonb_build_object('submission_max_files', c.submission_max_files,
          'submission_max_file_mb', c.submission_max_file_mb, 'offline_lease_days', c.offline_lease_days)
        from company_settings c))
    from assignments a where a.id = assignment and not a.is_deleted);
end $$;

-- Carries out a decline that takes an approval back, which the rule has allowed to this member of staff.
create function server_apply_revocation(key text, review uuid, decided_at timestamptz) returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  verdict submission_reviews;
  done boolean;
begin
  perform app_check_server_key(key);
  select * into strict verdict from submission_reviews r where r.id = review;
  done := server_revoke_approval(key, verdict.submission_id, verdict.reviewer_id, verdict.notes, decided_at);
  perform set_config('app.keep_v', 'on', true);
  update submission_reviews r set
    outcome = case when done then 'applied' else 'superseded' end,
    reviewer_name = (select u.full_name from users u where u.id = r.reviewer_id)
  where r.id = review;
  perform set_config('app.keep_v', 'off', true);
  return case when done then 'applied' else 'superseded' end;
end $$;

-- What messages and the trail of a review say about the work; a reviewer need not be able to read all of it himself.
create function server_describe_submission(key text, submission uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return (
    select jsonb_build_object('id', s.id, 'assignment_id', s.assignment_id, 'assignment', a.name,
      'student_id', s.student_id, 'student_name', u.full_name, 'status', s.status)
    from submissions s join assignments a on a.id = s.assignment_id join users u on u.id = s.student_id
    where s.id = submission);
end $$;

-- The device that last reported a view; null where none is known.
create function server_view_reporter(key text, view_id uuid) returns uuid
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return (select w.origin_device_id from recording_views w where w.id = view_id);
end $$;

-- The device that last wrote a note; null where none is known.
create function server_note_writer(key text, note uuid) returns uuid
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return (select n.origin_device_id from lesson_notes n where n.id = note);
end $$;
