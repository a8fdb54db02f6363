-- Certificates: who has earned one, issuing under a gapless number, revoking, and the public look-up.

-- Completed enrolments that earn a certificate and have none: fees of the enrolment paid or waived, nothing restricting the student.
-- One that was revoked is not issued again by the rule. `student` null = everybody.
create function server_certificate_candidates(key text, student uuid)
returns table (student_id uuid, kind text, target uuid)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return query
    select e.student_id, case when e.course_id is not null then 'course' else 'pathway' end, coalesce(e.course_id, e.pathway_id)
    from course_enrollments e join users u on u.id = e.student_id
    where (student is null or e.student_id = student) and e.status = 'completed' and not e.is_deleted and not u.is_deleted
      and e.payment_status in ('paid', 'waived')
      and not exists (
        select from suspensions p where p.user_id = e.student_id and p.lifted_at is null and not p.is_deleted
          and p.starts_at <= now() and (p.ends_at is null or p.ends_at > now()))
      and not exists (
        select from certificates c
        where c.student_id = e.student_id and coalesce(c.course_id, c.pathway_id) = coalesce(e.course_id, e.pathway_id));
end $$;

-- Issues a certificate: {id, number, title, printed_name}; null where a valid one is there or there is no such target. `giver` null:
-- by the rule. The number is taken only once nothing can fail any more, so that no number is ever missing.
create function server_issue_certificate(
  key text, student uuid, kind text, target uuid, giver uuid, code text, moment timestamptz) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  name text := case kind
    when 'course' then (select c.title from courses c where c.id = target and not c.is_deleted)
    when 'pathway' then (select p.name from learning_pathways p where p.id = target and not p.is_deleted)
    when 'track' then (select t.name from course_tracks t where t.id = target and not t.is_deleted)
  end;
  year constant text := to_char(
    moment at time zone coalesce((select timezone from company_settings limit 1), 'Asia/Karachi'), 'YYYY');
  person text := (select u.full_name from users u join students s on s.id = u.id where u.id = student and not u.is_deleted);
  issued certificates;
begin
  perform app_check_server_key(key);
  perform pg_advisory_xact_lock(hashtextextended('certificates:' || student, 0));
  if name is null or person is null or exists (
    select from certificates c
    where c.student_id = student and c.type = kind and coalesce(c.course_id, c.pathway_id, c.track_id) = target
      and c.revoked_at is null) then
    return null;
  end if;
  insert into certificates (
    student_id, type, course_id, pathway_id, track_id, number, title, printed_name, verification_code, issued_at, issued_by)
  values (
    student, kind, case kind when 'course' then target end, case kind when 'pathway' then target end,
    case kind when 'track' then target end,
    'CERT-' || year || '-' || lpad(app_next_number('certificate:' || year)::text, 6, '0'), name, person, code, moment, giver)
  returning * into issued;
  return jsonb_build_object(
    'id', issued.id, 'number', issued.number, 'title', issued.title, 'printed_name', issued.printed_name);
end $$;

-- Revokes one valid certificate: {id, student_id, number, title}, null where there is none.
create function server_revoke_certificate(key text, certificate uuid, reason text, moment timestamptz) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare revoked certificates;
begin
  perform app_check_server_key(key);
  update certificates set revoked_at = moment, revoke_reason = reason
  where id = certificate and revoked_at is null
  returning * into revoked;
  return case when revoked.id is not null then jsonb_build_object(
    'id', revoked.id, 'student_id', revoked.student_id, 'number', revoked.number, 'title', revoked.title) end;
end $$;

-- Valid certificates that hang on an enrolment.
create function server_certificates_of_enrolment(key text, enrolment uuid) returns setof uuid
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return query
    select c.id from certificates c join course_enrollments e on e.student_id = c.student_id
    where e.id = enrolment and c.revoked_at is null and (c.course_id = e.course_id or c.pathway_id = e.pathway_id);
end $$;

-- Prints another name on a valid certificate, whose picture is then made anew: {before, student_id, number}, null where there is none.
create function server_correct_certificate(key text, certificate uuid, name text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare held certificates;
begin
  perform app_check_server_key(key);
  select * into held from certificates where id = certificate and revoked_at is null for no key update;
  if held.id is null then return null; end if;
  update certificates set printed_name = name, render_state = 'rendering' where id = certificate;
  return jsonb_build_object('before', held.printed_name, 'student_id', held.student_id, 'number', held.number);
end $$;

-- Counts that a student saved the own certificate; another's is not counted.
create function server_count_download(key text, student uuid, certificate uuid, moment timestamptz) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  update certificates set download_count = download_count + 1, downloaded_at = greatest(downloaded_at, moment)
  where id = certificate and student_id = student;
  return found;
end $$;

-- What anybody who holds the code may know: name, title, day, and whether it stands. Nothing else of it leaves here.
create function server_verify_certificate(key text, code text) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' as $$
begin
  perform app_check_server_key(key);
  return (
    select jsonb_build_object('name', c.printed_name, 'title', c.title,
      'issued_on', (c.issued_at at time zone coalesce((select timezone from company_settings limit 1), 'Asia/Karachi'))::date,
      'state', case when c.revoked_at is null then 'valid' else 'revoked' end)
    from certificates c where c.verification_code = code and not c.is_deleted);
end $$;

-- Tracks a student has no certificate of, with the TrackFacts of each: [{id, criteria, needs_mentor, facts}]; none while something
-- restricts the student.
create function server_open_tracks(key text, student uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'id', t.id, 'criteria', t.criteria, 'needs_mentor', t.needs_mentor,
      'facts', jsonb_build_object(
        'completed_course_ids', (
          select coalesce(jsonb_agg(e.course_id), '[]') from course_enrollments e
          where e.student_id = student and e.status = 'completed' and e.payment_status in ('paid', 'waived')
            and e.course_id is not null and not e.is_deleted),
        'approved', (
          select count(distinct s.assignment_id) from submissions s
          where s.student_id = student and s.status = 'approved' and not s.is_deleted),
        'connected', (
          select coalesce(jsonb_agg(i.source), '[]') from integrations i
          where i.user_id = student and i.status = 'connected' and i.last_synced_at is not null and not i.is_deleted),
        'metrics', (
          select coalesce(jsonb_object_agg(m.name, m.total), '{}') from (
            select source || '/' || metric as name, sum(value) as total from user_metrics
            where user_id = student and not is_deleted group by source, metric) m),
        'recommended', exists (
          select from admin_logs a
          where a.entity_type = 'course_tracks' and a.entity_id = t.id and a.action = 'certificate_recommended'
            and a.target_user_id = student)))), '[]')
    from course_tracks t
    where not t.is_deleted
      and not exists (select from certificates c where c.student_id = student and c.track_id = t.id)
      and not exists (
        select from suspensions p where p.user_id = student and p.lifted_at is null and not p.is_deleted
          and p.starts_at <= now() and (p.ends_at is null or p.ends_at > now())));
end $$;
