-- A person announces a file of the own; its bytes come by /storage/v1 and the server says when it is whole.
-- What a file is linked to decides who reads it, so a person links only to the own picture and to own work: else anybody
-- could place a file among a lesson's attachments or on somebody else's attempt.
create or replace function app_may_link(to_table text, to_id uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select case
    when to_table is null then to_id is null
    when to_table in ('users', 'mentors') then to_id = auth.uid()
    -- The attempt itself comes after its files.
    when to_table = 'submissions' then
      to_id is not null and not exists (select from submissions s where s.id = to_id and s.student_id <> auth.uid())
    else false
  end
$$;
grant execute on function app_may_link(text, uuid)
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin;
