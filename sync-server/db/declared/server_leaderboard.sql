-- The ranking (data model R22, workflows 4.4): ten points for a lesson watched, twenty for work approved, fifteen for a session
-- attended, two for a lesson rated, twenty-five for each connected account, five for each course beyond the first.

-- Builds the ranking of one period anew, as of a moment, and answers how many are ranked. `which`: 'all', or 'week' for what happened
-- since Monday of the company's calendar. Who is no longer ranked leaves it; the others keep their row, so that devices hear of
-- changes only.
create function server_build_leaderboard(key text, which text, moment timestamptz) returns int
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  zone constant text := coalesce((select timezone from company_settings limit 1), 'Asia/Karachi');
  many_courses constant boolean := coalesce((select multi_course_enabled from company_settings limit 1), false);
  today constant date := (moment at time zone zone)::date;
  since constant timestamptz := case which when 'week' then date_trunc('week', moment at time zone zone) at time zone zone
    else '-infinity'::timestamptz end;
  ranked int;
begin
  perform app_check_server_key(key);
  with student as (
    select u.id, u.full_name, s.leaderboard_hidden as hidden from users u join students s on s.id = u.id
    where u.role = 'student' and u.status = 'active' and u.lms_status = 'active' and not u.is_deleted
      and not s.leaderboard_excluded and not s.is_deleted
  ),
  watched as (
    select user_id, count(distinct lesson_id) as n, max(watched_at) as last from recording_views
    where watched and watched_at >= since and watched_at <= moment and not is_deleted group by user_id
  ),
  approved as (
    select student_id as user_id, count(distinct assignment_id) as n, max(reviewed_at) as last from submissions
    where status = 'approved' and coalesce(reviewed_at, submitted_at) >= since and coalesce(reviewed_at, submitted_at) <= moment
      and not is_deleted
    group by student_id
  ),
  attended as (
    select student_id as user_id, count(distinct session_id) as n, max(attended_at) as last from session_attendance
    where attended_at >= since and attended_at <= moment and not is_deleted group by student_id
  ),
  rated as (
    select user_id, count(distinct lesson_id) as n, max(created_at) as last from recording_ratings
    where created_at >= since and not is_deleted group by user_id
  ),
  reached as (
    select user_id, count(*) as n from user_milestones where completed_at >= since and not is_deleted group by user_id
  ),
  connected as (
    select user_id, bool_or(source = 'shopify') as shop, bool_or(source = 'meta_ads') as ads,
      count(*) filter (where connected_at >= since) as n, max(connected_at) as last
    -- An account counts once it has answered: a token that was only typed in is worth nothing.
    from integrations where status = 'connected' and last_synced_at is not null and not is_deleted group by user_id
  ),
  enrolled as (
    select e.student_id as user_id, round(avg(e.progress_percentage))::int as progress,
      array_agg(distinct coalesce(e.course_id, e.current_course_id))
        filter (where coalesce(e.course_id, e.current_course_id) is not null) as courses,
      count(distinct coalesce(e.course_id, e.current_course_id)) as now_active,
      count(distinct coalesce(e.course_id, e.current_course_id)) filter (where e.enrolled_at < since) as active_before,
      (array_agg(e.batch_id order by e.enrolled_at desc, e.id) filter (where e.batch_id is not null))[1] as batch_id
    from course_enrollments e where e.status = 'active' and not e.is_deleted group by e.student_id
  ),
  -- The run of days that has not ended: its last day is today or yesterday.
  learned as (
    select distinct e.user_id, (e.at at time zone zone)::date as day from app_learning_events e where e.at <= moment
  ),
  run as (
    select user_id, count(*)::int as days from (
      select user_id, day, day - (row_number() over (partition by user_id order by day))::int as start from learned) numbered
    group by user_id, start having max(day) >= today - 1
  ),
  line as (
    select st.id as user_id, st.full_name, st.hidden,
      coalesce(w.n, 0)::int as videos, coalesce(a.n, 0)::int as works, coalesce(m.n, 0)::int as milestones,
      coalesce(se.n, 0)::int as sessions, coalesce(r.n, 0)::int as ratings,
      coalesce(c.shop, false) as shop, coalesce(c.ads, false) as ads,
      coalesce(e.progress, 0) as progress, coalesce(e.courses, '{}') as courses, e.batch_id, coalesce(run.days, 0) as streak,
      (10 * coalesce(w.n, 0) + 20 * coalesce(a.n, 0) + 15 * coalesce(se.n, 0) + 2 * coalesce(r.n, 0) + 25 * coalesce(c.n, 0)
        + case when many_courses then 5 * (greatest(coalesce(e.now_active, 0) - 1, 0)
            - case which when 'week' then greatest(coalesce(e.active_before, 0) - 1, 0) else 0 end) else 0 end)::int as score,
      greatest(w.last, a.last, se.last, r.last, c.last) as last_event
    from student st
    left join watched w on w.user_id = st.id
    left join approved a on a.user_id = st.id
    left join attended se on se.user_id = st.id
    left join rated r on r.user_id = st.id
    left join reached m on m.user_id = st.id
    left join connected c on c.user_id = st.id
    left join enrolled e on e.user_id = st.id
    left join run on run.user_id = st.id
  ),
  placed as (
    select l.*, row_number() over (order by l.score desc, l.progress desc, l.last_event nulls last, l.user_id)::int as place,
      coalesce(old.id, gen_random_uuid()) as row_id
    from line l left join leaderboard_snapshots old on old.user_id = l.user_id and old.period = which
  ),
  gone as (
    delete from leaderboard_snapshots b where b.period = which and not exists (select from placed p where p.user_id = b.user_id)
  ),
  stored as (
    insert into leaderboard_snapshots as b (
      id, user_id, period, display_name, avatar_initials, is_hidden, score, progress, videos_watched, assignments_completed,
      milestones_completed, sessions_attended, ratings_given, streak, rank, has_shopify, has_meta, batch_id, course_ids,
      calculated_at)
    select p.row_id, p.user_id, which, case when p.hidden then app_hidden_name(p.row_id) else p.full_name end,
      case when p.hidden then null else app_initials(p.full_name) end, p.hidden, p.score, p.progress, p.videos, p.works,
      p.milestones, p.sessions, p.ratings, p.streak, p.place, p.shop, p.ads, p.batch_id, p.courses, moment
    from placed p
    on conflict (user_id, period) do update set
      display_name = excluded.display_name, avatar_initials = excluded.avatar_initials, is_hidden = excluded.is_hidden,
      score = excluded.score, progress = excluded.progress, videos_watched = excluded.videos_watched,
      assignments_completed = excluded.assignments_completed, milestones_completed = excluded.milestones_completed,
      sessions_attended = excluded.sessions_attended, ratings_given = excluded.ratings_given, streak = excluded.streak,
      rank = excluded.rank,
      -- Built twice on one day, it still compares with the day before.
      previous_rank = case when (b.calculated_at at time zone zone)::date = today then b.previous_rank else b.rank end,
      has_shopify = excluded.has_shopify, has_meta = excluded.has_meta, batch_id = excluded.batch_id,
      course_ids = excluded.course_ids, calculated_at = excluded.calculated_at, is_deleted = false
    returning 1
  )
  select count(*) into ranked from stored;
  return ranked;
end $$;

-- How many would be ranked at this moment.
create function server_count_ranked(key text) returns int
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return (select count(*) from users u join students s on s.id = u.id
    where u.role = 'student' and u.status = 'active' and u.lms_status = 'active' and not u.is_deleted
      and not s.leaderboard_excluded and not s.is_deleted);
end $$;
