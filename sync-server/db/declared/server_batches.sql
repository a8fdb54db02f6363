-- What the clock does to the schedules of batches (data model R18).

-- Moves every item to the stage its day has reached; answers how many moved.
create function server_settle_timeline(key text, moment timestamptz) returns int
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare moved int;
begin
  perform app_check_server_key(key);
  update batch_timeline_items t set stage = app_timeline_stage(t.batch_id, t.drip_offset_days, moment)
  where not t.is_deleted and t.stage <> app_timeline_stage(t.batch_id, t.drip_offset_days, moment);
  get diagnostics moved = row_count;
  return moved;
end $$;

-- Items that are deployed and of which nobody was told, oldest first, `seen` left out. A batch that is over is told nothing.
create function server_items_to_tell(key text, at_most int, seen uuid[]) returns setof uuid
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return query
    select t.id from batch_timeline_items t join batches b on b.id = t.batch_id
    where t.stage = 'deployed' and t.notification_sent_at is null and not t.is_deleted and t.session_status <> 'cancelled'
      and b.status = 'active' and t.id <> all (seen)
    order by b.start_date + t.drip_offset_days, t.sequence_order, t.id limit at_most;
end $$;

-- Claims one such item for telling: its words and the students of the batch; null where somebody else told it first.
create function server_claim_item(key text, item uuid, moment timestamptz) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare claimed batch_timeline_items;
begin
  perform app_check_server_key(key);
  update batch_timeline_items t set notification_sent_at = moment
  where t.id = item and t.notification_sent_at is null and t.stage = 'deployed' and not t.is_deleted returning * into claimed;
  if not found then return null; end if;
  return jsonb_build_object('id', claimed.id, 'title', claimed.title, 'description', coalesce(claimed.description, ''),
    'lesson_id', claimed.lesson_id, 'session_id', claimed.session_id,
    'students', (select coalesce(jsonb_agg(distinct e.student_id), '[]')
      from course_enrollments e join users u on u.id = e.student_id
      where e.batch_id = claimed.batch_id and e.status = 'active' and not e.is_deleted and u.status = 'active' and not u.is_deleted));
end $$;
