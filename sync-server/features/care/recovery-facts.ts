import type { RecoveryFacts } from '#contract/rules/recovery.ts';
import type { Pool, Tx } from '../../db/sql.ts';

export type SilentStudent = RecoveryFacts & {
  id: string;
  name: string;
  mentor_id: string | null;
  /** Where the student stopped. */
  last_lesson: string | null;
};

/** What counts as a sign of life (workflows 3.24). */
const signs = `('login', 'page_visit', 'video_opened', 'video_watched', 'assignment_submitted', 'message_sent',
  'support_ticket_created', 'support_ticket_replied')`;

/**
 * Students who may have to be won back, with their latest cycle: those who are learning, and those with a cycle that is open or
 * was given up. `only`: these, whoever they are.
 */
export async function readSilentStudents(db: Pool | Tx, only: readonly string[] | null): Promise<SilentStudent[]> {
  const { rows } = await (db as Tx).query<SilentStudent>(
    `select u.id, u.full_name as name,
       u.status = 'active' and u.lms_status = 'active' and not s.recovery_opt_out as "isReachable",
       coalesce(
         (select max(seen.at) from (values (u.last_login_at), (u.last_active_at), ((
            select max(l.occurred_at) from user_activity_logs l where l.user_id = u.id and l.activity_type in ${signs}
          ))) as seen(at)),
         (select min(e.enrolled_at) from course_enrollments e where e.student_id = u.id and not e.is_deleted),
         u.created_at) as last_activity_at,
       coalesce(cycle.attempts, '[]') as attempts, coalesce(cycle.number, 0) as recovery_cycle, cycle.based_on,
       coalesce(cycle.escalated, false) as escalated, s.churned_at is not null as churned,
       (select a.mentor_id from student_mentor_assignments a
        where a.student_id = u.id and a.ended_at is null and not a.is_deleted order by a.is_primary desc, a.assigned_at limit 1) as mentor_id,
       (select l.recording_title from recording_views w join available_lessons l on l.id = w.lesson_id
        where w.user_id = u.id order by w.last_watched_at desc nulls last limit 1) as last_lesson
     from users u join students s on s.id = u.id
     left join lateral (
       select m.recovery_cycle as number, min(m.last_login_check) as based_on, bool_or(m.escalated_at is not null) as escalated,
         jsonb_agg(jsonb_build_object('attempt', m.attempt, 'message_status', m.message_status,
           'message_sent_at', to_char(m.message_sent_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by m.attempt) as attempts
       from student_recovery_messages m where m.student_id = u.id and not m.is_deleted
       group by m.recovery_cycle order by m.recovery_cycle desc limit 1
     ) cycle on true
     where u.role = 'student' and not u.is_deleted and ($1::uuid[] is null or u.id = any ($1))
       and (u.status = 'active' and u.lms_status = 'active' or s.churned_at is not null
         or exists (select from student_recovery_messages m where m.student_id = u.id and m.message_status in ('pending', 'sent', 'failed')))
     order by u.id`,
    [only],
  );
  return rows;
}
