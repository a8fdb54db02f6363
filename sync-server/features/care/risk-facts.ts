import type { RiskFacts } from '#contract/rules/at-risk.ts';
import type { AtRiskFlag } from '#contract/tables/care.ts';
import type { Pool } from '../../db/sql.ts';

export type WatchedStudent = RiskFacts & {
  id: string;
  /** The open flag, null without one. */
  flag: Pick<AtRiskFlag, 'id' | 'reasons' | 'is_critical'> | null;
  /** When the team was last in touch and closed a flag by it. */
  settled_at: string | null;
};

/** Students who are learning, with what tells whether they are about to be lost (workflows 3.26). */
export async function readWatchedStudents(server: Pool, now: Date): Promise<WatchedStudent[]> {
  const { rows } = await server.query<WatchedStudent>(
    `select u.id,
       (select max(seen.at) from (values (u.last_login_at), (u.last_active_at), ((
          select max(l.occurred_at) from user_activity_logs l where l.user_id = u.id and l.activity_type in ('login', 'page_visit', 'video_opened', 'video_watched')
        ))) as seen(at)) as last_login_at,
       coalesce((select min(e.enrolled_at) from course_enrollments e where e.student_id = u.id and not e.is_deleted), u.created_at) as activated_at,
       newest.unwatched_since, work.unsubmitted_since,
       coalesce((
         select array_agg(coalesce(s.end_time, s.start_time + interval '1 hour') order by s.start_time)
         from success_sessions s
         where s.status in ('completed', 'live', 'upcoming') and not s.is_deleted
           and coalesce(s.end_time, s.start_time + interval '1 hour') between $1::timestamptz - interval '60 days' and $1
           and exists (select from course_enrollments e where e.student_id = u.id and e.status = 'active' and not e.is_deleted
                         and e.batch_id = any (s.batch_ids) and e.enrolled_at < s.start_time)
           and not exists (select from session_attendance a where a.session_id = s.id and a.student_id = u.id and not a.is_deleted)
       ), '{}') as missed_sessions,
       (select jsonb_build_object('id', f.id, 'reasons', f.reasons, 'is_critical', f.is_critical)
        from at_risk_flags f where f.student_id = u.id and f.closed_at is null and not f.is_deleted) as flag,
       (select max(f.closed_at) from at_risk_flags f where f.student_id = u.id and f.closed_as = 'resolved_by_team') as settled_at
     from users u
     left join lateral (
       select k.unlocked_at as unwatched_since from (
         select k.lesson_id, k.unlocked_at from user_unlocks k
         where k.user_id = u.id and k.is_unlocked and not k.is_deleted order by k.unlocked_at desc nulls last limit 1
       ) k
       where not exists (select from recording_views w where w.user_id = u.id and w.lesson_id = k.lesson_id and w.watched)
     ) newest on true
     left join lateral (
       select k.unlocked_at as unsubmitted_since from (
         select k.lesson_id, k.unlocked_at, a.id as assignment_id from user_unlocks k
         join assignments a on a.lesson_id = k.lesson_id and a.is_required and a.is_active and not a.is_deleted
         where k.user_id = u.id and k.is_unlocked and not k.is_deleted order by k.unlocked_at desc nulls last limit 1
       ) k
       where not exists (select from submissions s where s.student_id = u.id and s.assignment_id = k.assignment_id
                           and s.status <> 'withdrawn' and not s.is_deleted)
     ) work on true
     where u.role = 'student' and u.status = 'active' and u.lms_status = 'active' and not u.is_deleted
     order by u.id`,
    [now],
  );
  return rows;
}
