-- Milestones: what the rules in TypeScript need to know, and where an award is stored.

-- Every moment that counts as learning, with what it was about. Only what the server has judged: reports of a device alone are not here.
create or replace view app_learning_events as
  select user_id, watched_at as at, 'lesson' as kind, lesson_id as about from recording_views
    where watched and watched_at is not null and not is_deleted
  union all
  select student_id, submitted_at, 'work', assignment_id from submissions where status <> 'withdrawn' and not is_deleted
  union all
  select student_id, attended_at, 'session', session_id from session_attendance where not is_deleted
  union all
  select user_id, created_at, 'rating', lesson_id from recording_ratings where not is_deleted;
revoke all on app_learning_events from public;

-- Runs of consecutive days with learning, in the company's calendar: from, to, length in days.
create or replace function app_streaks(person uuid) returns table (first_day date, last_day date, days int)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with zone as (select coalesce((select timezone from company_settings limit 1), 'Asia/Karachi') as name),
  learned as (
    select distinct (e.at at time zone zone.name)::date as day from app_learning_events e cross join zone where e.user_id = person
  )
  select min(day), max(day), count(*)::int
  from (select day, day - (row_number() over (order by day))::int as run from learned) numbered
  group by run
$$;

-- Active milestones of these kinds that the person has no row of, in the order in which they are shown.
create function server_open_milestones(key text, person uuid, kinds text[]) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'id', m.id, 'name', m.name, 'icon', m.icon, 'points', m.points, 'trigger_type', m.trigger_type,
      'trigger_config', m.trigger_config, 'show_celebration', m.show_celebration,
      'celebration_message', m.celebration_message) order by m.display_order, m.id), '[]')
    from milestones m
    where m.is_active and not m.is_deleted and m.trigger_type = any (kinds)
      and not exists (select from user_milestones u where u.user_id = person and u.milestone_id = m.id));
end $$;

-- The MilestoneFacts of a student but `now`; null where the person is no student.
create function server_milestone_facts(key text, student uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' as $$
begin
  perform app_check_server_key(key);
  return (
    select jsonb_build_object(
      'enrolled_at', s.enrollment_date,
      'onboarding_submitted_at', s.onboarding_submitted_at,
      'onboarding_completed', s.onboarding_completed,
      'watched_at', (
        select coalesce(jsonb_agg(w.watched_at), '[]') from recording_views w
        where w.user_id = s.id and w.watched and w.watched_at is not null and not w.is_deleted),
      'submitted', work.submitted, 'approved', work.approved, 'handed_in', work.handed_in, 'on_time', work.on_time,
      'decided', work.decided, 'decided_approved', work.decided_approved, 'scores', work.scores,
      'completed_courses', (
        select count(*) from course_enrollments e
        where e.student_id = s.id and e.status = 'completed' and not e.is_deleted),
      'connected', (
        select coalesce(jsonb_agg(jsonb_build_object('source', i.source, 'at', i.connected_at)), '[]')
        from integrations i
        where i.user_id = s.id and i.status = 'connected' and i.last_synced_at is not null and not i.is_deleted),
      'longest_streak', (select coalesce(max(days), 0) from app_streaks(s.id)),
      'openings', (
        select coalesce(jsonb_agg(jsonb_build_object('opened_at', k.unlocked_at, 'watched_at', w.watched_at)), '[]')
        from user_unlocks k
        join available_lessons l on l.id = k.lesson_id and l.is_published and not l.is_deleted
        left join recording_views w on w.user_id = k.user_id and w.lesson_id = k.lesson_id and w.watched and not w.is_deleted
        where k.user_id = s.id and k.unlocked_at is not null and not k.is_deleted),
      'rank', (select b.rank from leaderboard_snapshots b where b.user_id = s.id and b.period = 'all' and not b.is_deleted),
      'ranked', (select count(*) from leaderboard_snapshots b where b.period = 'all' and not b.is_deleted),
      'courses', (
        select coalesce(jsonb_agg(course.lessons), '[]') from (
          select jsonb_agg(jsonb_build_object(
              'watched', exists (
                select from recording_views w
                where w.user_id = s.id and w.lesson_id = l.id and w.watched and not w.is_deleted),
              -- A lesson without work that counts asks for none.
              'approved', not exists (
                select from assignments a
                where a.lesson_id = l.id and a.is_required and a.is_active and not a.is_deleted and not exists (
                  select from submissions p
                  where p.assignment_id = a.id and p.student_id = s.id and p.status = 'approved' and not p.is_deleted)))
            order by m.sequence_order, m.id, l.sequence_order, l.id) as lessons
          from modules m join available_lessons l on l.module_id = m.id
          where m.course_id in (select r.course_id from sync_reached_courses r where r.student_id = s.id)
            and not m.is_deleted and not l.is_deleted and l.is_published
          group by m.course_id) course))
    from students s
    cross join lateral (
      select
        count(distinct p.assignment_id) filter (where p.status <> 'withdrawn') as submitted,
        count(distinct p.assignment_id) filter (where p.status = 'approved') as approved,
        count(*) filter (where p.version = 1 and p.status <> 'withdrawn') as handed_in,
        count(*) filter (where p.version = 1 and p.status <> 'withdrawn' and not p.is_late) as on_time,
        count(*) filter (where p.status in ('approved', 'declined')) as decided,
        count(*) filter (where p.status = 'approved') as decided_approved,
        coalesce(jsonb_agg(p.score) filter (where p.status = 'approved' and p.score is not null), '[]') as scores
      from submissions p where p.student_id = s.id and not p.is_deleted) work
    where s.id = student and not s.is_deleted);
end $$;

-- Awards a milestone and its badge; true where the person did not have it. `giver` null: by the rule, which never gives back what was
-- taken back by hand; a person may.
create function server_award_milestone(
  key text, person uuid, milestone uuid, giver uuid, note text, moment timestamptz) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  insert into user_milestones as u (user_id, milestone_id, completed_at, awarded_by, notes)
  values (person, milestone, moment, giver, note)
  on conflict (user_id, milestone_id) do update
    set completed_at = excluded.completed_at, awarded_by = excluded.awarded_by, notes = excluded.notes, is_deleted = false
    where u.is_deleted and giver is not null;
  if not found then return false; end if;
  insert into user_badges as b (user_id, badge_id, milestone_id, earned_at, awarded_by)
  select person, m.badge_id, m.id, moment, giver from milestones m where m.id = milestone and m.badge_id is not null
  on conflict (user_id, badge_id) do update
    set milestone_id = excluded.milestone_id, earned_at = excluded.earned_at, awarded_by = excluded.awarded_by, is_deleted = false
    where b.is_deleted and giver is not null;
  return true;
end $$;

-- Adds experience for rating a lesson to the day's number (data model R21).
create function server_add_rating_xp(key text, student uuid, points int, moment timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform app_check_server_key(key);
  insert into user_metrics as m (user_id, source, metric, value, date, fetched_at)
  select student, 'lms', 'rating_reward_xp', points,
    (moment at time zone coalesce((select timezone from company_settings limit 1), 'Asia/Karachi'))::date, moment
  on conflict (user_id, source, metric, date) do update
    set value = m.value + excluded.value, fetched_at = excluded.fetched_at, is_deleted = false;
end $$;
