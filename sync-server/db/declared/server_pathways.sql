-- Moves the pointer of an active pathway enrolment: to the next course, or (null) to a choice that must be made first.
-- Answers whether that changed anything.
create function server_advance_pathway(key text, enrolment uuid, next_course uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  update course_enrollments e
  set current_course_id = coalesce(next_course, e.current_course_id), awaiting_choice = next_course is null
  where e.id = enrolment and e.status = 'active' and e.pathway_id is not null
    and (e.current_course_id is distinct from coalesce(next_course, e.current_course_id)
      or e.awaiting_choice <> (next_course is null));
  return found;
end $$;
