-- What the content commands read and write (workflows 3.42). Who may change which field of what, the program has judged by the
-- time it comes here; a table that is no content is refused all the same.

create or replace function app_is_content(name text) returns boolean
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select name in (
    'courses', 'course_bundles', 'learning_pathways', 'pathway_courses', 'modules', 'available_lessons', 'assignments',
    'recording_attachments', 'lesson_drip_overrides', 'course_tracks', 'batches', 'batch_timeline_items',
    'resource_sections', 'resources')
$$;

-- The whole row, locked until the transaction ends; null where there is none.
create function server_content_row(key text, content_table text, row_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' as $$
declare found_row jsonb;
begin
  perform app_check_server_key(key);
  if not app_is_content(content_table) then raise exception '% is no content', content_table using errcode = 'insufficient_privilege'; end if;
  execute format('select to_jsonb(t) from %I t where t.id = $1 and not t.is_deleted for update', content_table)
    into found_row using row_id;
  return found_row;
end $$;

-- Writes fields of one row, or makes it, and answers it whole.
create function server_write_content(key text, content_table text, row_id uuid, fields jsonb, is_new boolean) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' as $$
declare
  names text;
  written jsonb;
begin
  perform app_check_server_key(key);
  if not app_is_content(content_table) then raise exception '% is no content', content_table using errcode = 'insufficient_privilege'; end if;
  if fields ?| array['id', 'v', 'is_deleted', 'created_at', 'updated_at'] then
    raise exception 'bookkeeping is not written by hand' using errcode = 'insufficient_privilege';
  end if;
  if is_new then
    fields := fields || jsonb_build_object('id', row_id);
    select string_agg(quote_ident(f), ', ') into names from jsonb_object_keys(fields) as f;
    execute format('insert into %I as t (%s) select %s from jsonb_populate_record(null::%I, $1) returning to_jsonb(t)',
      content_table, names, names, content_table) into written using fields;
  else
    select string_agg(quote_ident(f), ', ') into names from jsonb_object_keys(fields) as f;
    execute format('update %I as t set (%s) = row(%s) from jsonb_populate_record(null::%I, $1) as given where t.id = $2 returning to_jsonb(t)',
      content_table, names, (select string_agg('given.' || quote_ident(f), ', ') from jsonb_object_keys(fields) as f), content_table)
      into written using fields, row_id;
  end if;
  return written;
end $$;

-- Only one course is the default: the one before steps back.
create function server_clear_default_course(key text, but uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  update courses set is_default = false where is_default and id <> but;
end $$;

-- Makes the rows that hang on a parent exactly these. `links`: [{column: value}]; a pair that was there before comes back to life.
create function server_set_links(key text, link_table text, parent_column text, parent uuid, links jsonb) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  names text[];
  list text;
begin
  perform app_check_server_key(key);
  names := case link_table
    when 'bundle_courses' then array['course_id']
    when 'batch_courses' then array['course_id']
    when 'batch_pathways' then array['pathway_id']
    when 'resource_audiences' then array['audience_type', 'target_id'] end;
  if names is null or parent_column <> (case link_table when 'bundle_courses' then 'bundle_id'
      when 'resource_audiences' then 'resource_id' else 'batch_id' end) then
    raise exception '% is no list of links', link_table using errcode = 'insufficient_privilege';
  end if;
  select string_agg(quote_ident(n), ', ') into list from unnest(names) as n;
  execute format(
    'update %1$I t set is_deleted = true where t.%2$I = $1 and not t.is_deleted and not exists (
       select from jsonb_populate_recordset(null::%1$I, $2) g where (%3$s) is not distinct from (%4$s))',
    link_table, parent_column,
    (select string_agg('g.' || quote_ident(n), ', ') from unnest(names) as n),
    (select string_agg('t.' || quote_ident(n), ', ') from unnest(names) as n)) using parent, links;
  execute format(
    'insert into %1$I as t (%2$I, %3$s) select distinct $1, %4$s from jsonb_populate_recordset(null::%1$I, $2) g
     on conflict (%2$I, %3$s) do update set is_deleted = false where t.is_deleted',
    link_table, parent_column, list, (select string_agg('g.' || quote_ident(n), ', ') from unnest(names) as n))
    using parent, links;
end $$;

-- Why a row must stay: what people did with it, or what still stands in it. Empty: it may go.
create function server_content_ties(key text, content_table text, row_id uuid) returns text[]
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return array(select tie from (
    select 'enrollments' as tie where content_table = 'courses' and exists (
      select from course_enrollments e where not e.is_deleted and row_id in (select app_enrolment_courses(e.id)))
    union all select 'enrollments' where content_table = 'learning_pathways' and exists (
      select from course_enrollments e where e.pathway_id = row_id and not e.is_deleted)
    union all select 'enrollments' where content_table = 'batches' and exists (
      select from course_enrollments e where e.batch_id = row_id and not e.is_deleted)
    union all select 'students_here' where content_table = 'pathway_courses' and exists (
      select from pathway_courses s join course_enrollments e on e.pathway_id = s.pathway_id
      where s.id = row_id and not e.is_deleted and e.status <> 'cancelled' and (e.current_course_id = s.course_id or exists (
        select from pathway_choice_selections c where c.student_id = e.student_id and c.pathway_id = s.pathway_id
          and c.selected_course_id = s.course_id and not c.is_deleted)))
    union all select 'lessons' where content_table = 'modules' and exists (
      select from available_lessons l where l.module_id = row_id and not l.is_deleted)
    union all select 'views' where content_table = 'available_lessons' and exists (
      select from recording_views w where w.lesson_id = row_id and not w.is_deleted)
    union all select 'submissions' where content_table = 'available_lessons' and exists (
      select from assignments a join submissions s on s.assignment_id = a.id where a.lesson_id = row_id)
    union all select 'submissions' where content_table = 'assignments' and exists (
      select from submissions s where s.assignment_id = row_id)
    union all select 'resources' where content_table = 'resource_sections' and exists (
      select from resources r where r.section_id = row_id and not r.is_deleted)
    union all select 'courses' where content_table = 'course_tracks' and exists (
      select from courses c where c.track_id = row_id and not c.is_deleted)
  ) ties);
end $$;

-- Takes a row away, with what stands or falls with it. Its place in an order becomes free.
create function server_delete_content(key text, content_table text, row_id uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  lessons uuid[];
begin
  perform app_check_server_key(key);
  if not app_is_content(content_table) then raise exception '% is no content', content_table using errcode = 'insufficient_privilege'; end if;
  execute format('update %I set is_deleted = true where id = $1', content_table) using row_id;
  lessons := case content_table
    when 'courses' then array(select l.id from available_lessons l join modules m on m.id = l.module_id where m.course_id = row_id)
    when 'available_lessons' then array[row_id] else '{}' end;
  if content_table = 'courses' then
    update modules set is_deleted = true where course_id = row_id and not is_deleted;
    update assignments set is_deleted = true where course_id = row_id and not is_deleted;
    update pathway_courses set is_deleted = true where course_id = row_id and not is_deleted;
    update bundle_courses set is_deleted = true where course_id = row_id and not is_deleted;
    update batch_courses set is_deleted = true where course_id = row_id and not is_deleted;
    update mentor_course_assignments set is_deleted = true where course_id = row_id and not is_deleted;
    update lesson_drip_overrides set is_deleted = true where course_id = row_id and not is_deleted;
  elsif content_table = 'course_bundles' then
    update bundle_courses set is_deleted = true where bundle_id = row_id and not is_deleted;
  elsif content_table = 'learning_pathways' then
    update pathway_courses set is_deleted = true where pathway_id = row_id and not is_deleted;
    update batch_pathways set is_deleted = true where pathway_id = row_id and not is_deleted;
    update lesson_drip_overrides set is_deleted = true where pathway_id = row_id and not is_deleted;
  elsif content_table = 'batches' then
    update batch_courses set is_deleted = true where batch_id = row_id and not is_deleted;
    update batch_pathways set is_deleted = true where batch_id = row_id and not is_deleted;
    update batch_timeline_items set is_deleted = true where batch_id = row_id and not is_deleted;
  elsif content_table = 'resources' then
    update resource_audiences set is_deleted = true where resource_id = row_id and not is_deleted;
  end if;
  if cardinality(lessons) > 0 then
    update available_lessons l set is_deleted = true, sequence_order = parked.place
    from (
      select d.id, 1000000 + coalesce(max(o.sequence_order) filter (where o.sequence_order >= 1000000) - 1000000, 0)
        + row_number() over (partition by d.module_id order by d.id) as place
      from available_lessons d join available_lessons o on o.module_id = d.module_id
      where d.id = any(lessons) group by d.id, d.module_id
    ) parked
    where parked.id = l.id and l.sequence_order < 1000000;
    update assignments set is_deleted = true where lesson_id = any(lessons) and not is_deleted;
    update recording_attachments set is_deleted = true where lesson_id = any(lessons) and not is_deleted;
    update lesson_media set is_deleted = true where id = any(lessons) and not is_deleted;
    update lesson_drip_overrides set is_deleted = true where lesson_id = any(lessons) and not is_deleted;
    update batch_timeline_items set lesson_id = null where lesson_id = any(lessons) and not is_deleted;
  end if;
end $$;

-- Puts the live rows under a parent in this order, from 1 on. False where they are not exactly these: somebody added or took
-- one away meanwhile. `parent` null: the courses, or the sections of resources.
create function server_reorder_content(key text, content_table text, parent uuid, ids uuid[]) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  parent_column text := case content_table when 'modules' then 'course_id' when 'available_lessons' then 'module_id'
    when 'batch_timeline_items' then 'batch_id' when 'resources' then 'section_id' end;
  place text := case when content_table in ('resources', 'resource_sections') then 'display_order' else 'sequence_order' end;
  live uuid[];
begin
  perform app_check_server_key(key);
  if parent_column is null and content_table not in ('courses', 'resource_sections') or (parent_column is null) <> (parent is null) then
    raise exception '% has no such order', content_table using errcode = 'insufficient_privilege';
  end if;
  execute format('select array(select t.id from %I t where not t.is_deleted %s order by t.id for update)', content_table,
    case when parent_column is null then '' else format('and t.%I = $1', parent_column) end) into live using parent;
  if live <> array(select i from unnest(ids) as i order by i) then return false; end if;
  set constraints available_lessons_order deferred;
  execute format('update %I t set %I = wanted.place from unnest($1) with ordinality as wanted(id, place)
    where t.id = wanted.id and t.%I <> wanted.place', content_table, place, place) using ids;
  set constraints available_lessons_order immediate;
  return true;
end $$;

-- Asks for the lessons of all students whom a change concerns to be decided anew, by a job, once this transaction is committed.
create function server_queue_unlocks(key text, course_ids uuid[], pathway_ids uuid[], batch_ids uuid[]) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  payload json := json_build_object('course_ids', course_ids, 'pathway_ids', pathway_ids, 'batch_ids', batch_ids);
begin
  perform app_check_server_key(key);
  if cardinality(course_ids) + cardinality(pathway_ids) + cardinality(batch_ids) = 0 then return; end if;
  perform graphile_worker.add_job('learning.recompute-unlocks', payload, job_key => 'learning.recompute-unlocks:' || md5(payload::text));
end $$;

-- The students such a change concerns (everybody enrolled, where `course_ids` is null), those after `later_than` in the order of their ids.
create function server_students_of(key text, course_ids uuid[], pathway_ids uuid[], batch_ids uuid[], later_than uuid, at_most int)
returns setof uuid
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return query
    select distinct e.student_id from course_enrollments e
    where not e.is_deleted and e.status <> 'cancelled' and (later_than is null or e.student_id > later_than) and (
      course_ids is null or e.course_id = any(course_ids) or e.pathway_id = any(pathway_ids) or e.batch_id = any(batch_ids)
      or e.pathway_id in (select s.pathway_id from pathway_courses s where s.course_id = any(course_ids) and not s.is_deleted)
      or e.batch_id in (select c.batch_id from batch_courses c where c.course_id = any(course_ids) and not c.is_deleted)
      or e.batch_id in (select b.id from batches b where b.course_id = any(course_ids) and not b.is_deleted))
    order by 1 limit at_most;
end $$;

-- Students who are shown a resource now.
create function server_resource_readers(key text, resource uuid) returns setof uuid
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return query
    select m.user_id from sync_members m where m.scope = 'rs:' || resource and m.lost is null order by 1;
end $$;
