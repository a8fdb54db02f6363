import type { Tx } from '../../db/sql.ts';
import { audit } from './queries.ts';
import type { Call } from './sessions.ts';

/**
 * A student is signed in on so many devices at a time (workflows 3.37, a company setting). One more signs out the device that was
 * away longest; what waits on it stays there and is sent after its next sign-in.
 */
export async function keepDeviceLimit(call: Call, tx: Tx, userId: string, deviceId: string): Promise<void> {
  const { rows } = await tx.query<{ device_id: string }>(
    `update auth_sessions s set revoked_at = $3
     where s.user_id = $1 and s.revoked_at is null and s.device_id in (
       select held.device_id from (
         select a.device_id, row_number() over (order by a.device_id = $2 desc, max(a.refreshed_at) desc, a.device_id) as place
         from auth_sessions a
         where a.user_id = $1 and a.device_id is not null and a.revoked_at is null and a.not_after > $3
         group by a.device_id) held
       where held.place > (select student_device_limit from company_settings))
       and exists (select from users u where u.id = $1 and u.role = 'student')
     returning s.device_id`,
    [userId, deviceId, call.now],
  );
  for (const device_id of new Set(rows.map((row) => row.device_id)))
    await audit(tx, {
      ...call,
      action: 'device_limit_reached',
      targetUserId: userId,
      performedBy: null,
      data: { device_id },
    });
}
