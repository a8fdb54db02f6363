-- Who may write to whom (data model 2.11, message_threads). Students meet their mentors and the team's inbox, enrolment managers
-- those they look after, mentors those in their scope; everybody of the team meets admins, and admins meet everybody.

-- Whether an enrolment manager looks after a student: the own ones, or all by company setting.
create or replace function app_looks_after(manager uuid, student uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from users u where u.id = student and u.role = 'student' and not u.is_deleted and (
    u.created_by = manager or exists (select from company_settings c where c.em_sees_all_students and not c.is_deleted)))
$$;

-- Whether the first may begin a conversation with the second.
create or replace function app_may_address(person uuid, other uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from users me join users you on you.id = other
    where me.id = person and me.id <> you.id
      and me.status = 'active' and not me.is_deleted and you.status = 'active' and not you.is_deleted
      and case
        when me.role in ('admin', 'superadmin') then true
        when me.role = 'student' then you.role = 'mentor' and exists (
          select from sync_mentored_students s where s.mentor_id = you.id and s.student_id = me.id)
        when you.role in ('admin', 'superadmin') then true
        when me.role = 'mentor' then you.role = 'student' and exists (
          select from sync_mentored_students s where s.mentor_id = me.id and s.student_id = you.id)
        else you.role = 'student' and app_looks_after(me.id, you.id)
      end)
$$;

-- Whether the person belongs to the inbox of a student: the student, admins, and who looks after the student.
create or replace function app_is_of_inbox(person uuid, student uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from users u where u.id = person and u.status = 'active' and not u.is_deleted and (
    u.role in ('admin', 'superadmin')
    or u.role = 'student' and u.id = student
    or u.role = 'enrollment_manager' and app_looks_after(u.id, student)))
$$;

-- Whether the person of this transaction may make the conversation that this key names; one to many is made by a command.
create or replace function app_may_open_thread(kind text, member_key text) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  named constant uuid[] := (string_to_array(member_key, ':'))[2:];
begin
  case kind
    when 'direct' then
      return auth.uid() = any (named)
        and app_may_address(auth.uid(), case when named[1] = auth.uid() then named[2] else named[1] end);
    when 'staff_inbox' then
      return app_is_of_inbox(auth.uid(), named[1]) and exists (select from students where id = named[1] and not is_deleted);
    else return false;
  end case;
end $$;

-- Whether the person of this transaction may write in a conversation: as one of it, while it is not closed, and between two
-- as long as one of them may still begin it.
create or replace function app_may_write_in(thread uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  place message_threads;
  named uuid[];
begin
  select * into place from message_threads t where t.id = thread and not t.is_deleted and t.closed_at is null;
  if not found then return false; end if;
  case place.kind
    when 'direct' then
      named := (string_to_array(place.member_key, ':'))[2:];
      return auth.uid() = any (named) and (app_may_address(named[1], named[2]) or app_may_address(named[2], named[1]));
    when 'staff_inbox' then return app_is_of_inbox(auth.uid(), place.student_id);
    else return false;
  end case;
end $$;

grant execute on function app_may_open_thread(text, text), app_may_write_in(uuid)
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin;
