-- What onboarding decides by, and where its results are stored (data model R5, workflows 3.31). The rules are in TypeScript.

-- The student's answers with the questionnaires they belong to, the active one first; null where there is no such student.
-- The student's row stays locked until the transaction ends, so that onboarding is completed once.
create function server_onboarding_facts(key text, student uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' as $$
begin
  perform app_check_server_key(key);
  perform from students s where s.id = student for no key update;
  return (
    select jsonb_build_object(
      'is_asked', coalesce((select c.enable_student_signin from company_settings c), false),
      'is_submitted', s.onboarding_submitted_at is not null,
      'is_completed', s.onboarding_completed,
      'full_name', u.full_name,
      'questionnaires', (
        select coalesce(jsonb_agg(jsonb_build_object('id', q.id, 'version', q.version, 'questions', q.questions)
          order by q.is_active desc, q.version desc), '[]')
        from questionnaires q where not q.is_deleted and (q.is_active or exists (
          select from onboarding_responses r where r.user_id = student and r.questionnaire_id = q.id and not r.is_deleted))),
      'responses', (
        select coalesce(jsonb_agg(jsonb_build_object('questionnaire_id', r.questionnaire_id,
          'question_id', r.question_id, 'answer', r.answer, 'file_id', r.file_id)), '[]')
        from onboarding_responses r where r.user_id = student and not r.is_deleted))
    from students s join users u on u.id = s.id where s.id = student and not s.is_deleted);
end $$;

-- One questionnaire, active or not: an answer written offline may belong to the one of yesterday. Null where there is none.
create function server_questionnaire(key text, questionnaire uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return (select jsonb_build_object('id', q.id, 'version', q.version, 'questions', q.questions)
    from questionnaires q where q.id = questionnaire and not q.is_deleted);
end $$;

-- Keeps the answers and marks onboarding as completed, once and for ever; false where it was already.
create function server_complete_onboarding(key text, student uuid, answers jsonb, brief text) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  update students s set onboarding_completed = true, answers_json = answers, goal_brief = nullif(brief, '')
  where s.id = student and not s.onboarding_completed;
  return found;
end $$;

-- Students whose onboarding may be finished without them: they have said so, or nothing is asked of anybody.
create function server_onboarding_open(key text, at_most int, seen uuid[]) returns setof uuid
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return query
    select s.id from students s join users u on u.id = s.id
    where not s.onboarding_completed and not s.is_deleted and u.status = 'active' and s.id <> all (seen)
      and (s.onboarding_submitted_at is not null
        or not coalesce((select c.enable_student_signin from company_settings c), false)
        or not exists (select from questionnaires q where q.is_active and not q.is_deleted))
    order by s.id limit at_most;
end $$;

-- The mentors to whom the student is assigned, who may sign in.
create function server_mentors_of(key text, student uuid) returns setof uuid
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return query
    select distinct a.mentor_id from student_mentor_assignments a join users u on u.id = a.mentor_id
    where a.student_id = student and a.ended_at is null and not a.is_deleted and u.status = 'active' and not u.is_deleted;
end $$;

-- `PlanFacts` (contract/rules/learning-path.ts) but its questionnaire, and the answers it would be made from as one hash.
create function server_plan_facts(key text, student uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return (
    with enrolled as (
      select e.course_id, e.pathway_id from course_enrollments e
      where e.student_id = student and e.status <> 'cancelled' and not e.is_deleted),
    pathway as (
      select p.id, p.name, exists (select from enrolled e where e.pathway_id = p.id) as is_enrolled
      from learning_pathways p
      where not p.is_deleted and (p.is_active and p.is_published or p.id in (select e.pathway_id from enrolled e))),
    step as (
      select s.pathway_id, s.course_id, s.step_number, s.choice_group from pathway_courses s
      where not s.is_deleted and s.pathway_id in (select id from pathway)),
    course as (
      select c.id, c.title, coalesce(sum(l.duration_min), 0)::int as minutes
      from courses c
      left join modules m on m.course_id = c.id and not m.is_deleted
      left join available_lessons l on l.module_id = m.id and l.is_published and not l.is_deleted
      where not c.is_deleted
        and (c.id in (select s.course_id from step s) or c.id in (select e.course_id from enrolled e))
      group by c.id, c.title)
    select jsonb_build_object(
      'pathways', (select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name, 'is_enrolled', p.is_enrolled,
        'steps', (select coalesce(jsonb_agg(jsonb_build_object('course_id', s.course_id, 'step_number', s.step_number,
          'choice_group', s.choice_group)), '[]') from step s where s.pathway_id = p.id))), '[]') from pathway p),
      'courses', (select coalesce(jsonb_agg(to_jsonb(c)), '[]') from course c),
      'enrolled_course_ids', (select coalesce(jsonb_agg(e.course_id order by c.sequence_order, c.id), '[]')
        from enrolled e join courses c on c.id = e.course_id),
      'weak_lessons', (
        select coalesce(jsonb_agg(jsonb_build_object('lesson_id', l.id, 'course_id', m.course_id,
          'title', l.recording_title)), '[]')
        from available_lessons l join modules m on m.id = l.module_id
        where not l.is_deleted and (
          exists (select from recording_ratings r where r.user_id = student and r.lesson_id = l.id and r.rating <= 2
                  and not r.is_deleted)
          or exists (select from assignments a join submissions s on s.assignment_id = a.id
                     where a.lesson_id = l.id and s.student_id = student and s.status = 'declined' and not s.is_deleted
                       and not exists (select from submissions n where n.assignment_id = a.id and n.student_id = student
                                       and n.version > s.version))))));
end $$;

-- Stores a plan as the student's next version; null where the system already made one from the same answers.
create function server_store_plan(key text, student uuid, plan jsonb, author text, hash text) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare made uuid;
begin
  perform app_check_server_key(key);
  perform from students s where s.id = student for no key update;
  if hash is not null and exists (
    select from learning_paths p where p.student_id = student and p.answers_hash = hash and not p.is_deleted) then
    return null;
  end if;
  insert into learning_paths (student_id, version, items, created_by, answers_hash)
  select student, coalesce(max(p.version), 0) + 1, plan, author, hash from learning_paths p where p.student_id = student
  returning id into made;
  return made;
end $$;

-- What a choice at a pathway hangs on, for one student: null without an enrolment in it that is not cancelled.
-- `is_fixed`: something of the course picked so far was watched.
create function server_choice_facts(key text, student uuid, pathway uuid, choice int) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return (
    select jsonb_build_object(
      'enrolment_id', e.id,
      'status', e.status,
      'options', (select coalesce(jsonb_agg(s.course_id), '[]') from pathway_courses s
        where s.pathway_id = pathway and s.choice_group = choice and s.is_choice_point and not s.is_deleted),
      'picked', (select c.selected_course_id from pathway_choice_selections c
        where c.student_id = student and c.pathway_id = pathway and c.choice_group = choice and not c.is_deleted),
      'is_fixed', exists (
        select from pathway_choice_selections c
        join modules m on m.course_id = c.selected_course_id
        join available_lessons l on l.module_id = m.id
        join recording_views w on w.lesson_id = l.id and w.user_id = student and w.watched
        where c.student_id = student and c.pathway_id = pathway and c.choice_group = choice and not c.is_deleted))
    from course_enrollments e
    where e.student_id = student and e.pathway_id = pathway and e.status <> 'cancelled' and not e.is_deleted);
end $$;

-- Saves a questionnaire: {id, version, v}, or {stale: true} where the revision is not the one expected. One that has answers stays
-- as it is, and the next version takes its place. `activate`: it is the one that is asked.
create function server_save_questionnaire(
  key text, questionnaire uuid, expected uuid, name text, asked jsonb, activate boolean) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  stored questionnaires;
  saved questionnaires;
begin
  perform app_check_server_key(key);
  perform pg_advisory_xact_lock(hashtextextended('questionnaires', 0));
  if questionnaire is not null then
    select * into stored from questionnaires q where q.id = questionnaire and not q.is_deleted for update;
    if not found then return null; end if;
    if stored.v is distinct from expected then return jsonb_build_object('stale', true); end if;
  end if;
  if activate then
    update questionnaires q set is_active = false where q.is_active and q.id is distinct from questionnaire;
  end if;
  if stored.id is null or stored.questions <> asked and exists (
    select from onboarding_responses r where r.questionnaire_id = stored.id) then
    update questionnaires q set is_active = false where q.id = stored.id and q.is_active and activate;
    insert into questionnaires (title, version, is_active, questions)
    values (name, (select coalesce(max(q.version), 0) + 1 from questionnaires q), activate, asked) returning * into saved;
  else
    update questionnaires q set title = name, questions = asked, is_active = activate where q.id = stored.id returning * into saved;
  end if;
  return jsonb_build_object('id', saved.id, 'version', saved.version, 'v', saved.v);
end $$;

-- Where a student stands in a pathway, with its steps; null without an enrolment that is not cancelled.
create function server_pathway_place(key text, student uuid, pathway uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return (
    select jsonb_build_object(
      'enrolment_id', e.id, 'status', e.status, 'current_course_id', e.current_course_id,
      'awaiting_choice', e.awaiting_choice,
      'steps', (select coalesce(jsonb_agg(jsonb_build_object('pathway_id', s.pathway_id, 'course_id', s.course_id,
        'step_number', s.step_number, 'is_choice_point', s.is_choice_point, 'choice_group', s.choice_group,
        'is_mandatory', s.is_mandatory)), '[]')
        from pathway_courses s where s.pathway_id = pathway and not s.is_deleted))
    from course_enrollments e
    where e.student_id = student and e.pathway_id = pathway and e.status <> 'cancelled' and not e.is_deleted);
end $$;

-- Keeps a pick made online; the same row a device would write.
create function server_pick_course(key text, student uuid, pathway uuid, choice int, course uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  insert into pathway_choice_selections as c (student_id, pathway_id, choice_group, selected_course_id)
  values (student, pathway, choice, course)
  on conflict (student_id, pathway_id, choice_group)
  do update set selected_course_id = excluded.selected_course_id, is_deleted = false
  where c.selected_course_id <> excluded.selected_course_id or c.is_deleted;
end $$;
