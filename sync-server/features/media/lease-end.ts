import type { Actor } from '#contract/roles.ts';
import { asServer } from '../../db/as-actor.ts';
import type { Deps } from '../../deps.ts';

/**
 * Until when kept media may play without contact: one lease from now, never past the end of the access that leads to the
 * lesson; where several enrolments do, the longest counts (data model §5.6).
 */
export async function findLeaseEnd({ server, clock }: Deps, actor: Actor, lessonId: string): Promise<Date> {
  const now = clock.now();
  const { rows } = await asServer(server, (tx) =>
    tx.query<{ days: number; access_until: Date | string | null }>(
      `select coalesce((select offline_lease_days from company_settings limit 1), 14) as days,
              (select max(coalesce(e.access_expires_at, '9999-01-01'))
               from available_lessons l
               join modules m on m.id = l.module_id
               join course_enrollments e on e.student_id = $1 and e.status in ('active', 'completed') and not e.is_deleted
               where l.id = $2 and m.course_id in (select app_enrolment_courses(e.id))) as access_until`,
      [actor.id, lessonId],
    ),
  );
  const { days = 14, access_until = null } = rows[0] ?? {};
  const lease = now.getTime() + days * 86_400_000;
  return new Date(access_until === null ? lease : Math.min(lease, new Date(access_until).getTime()));
}
