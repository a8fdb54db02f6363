import type { Role } from '#contract/roles.ts';
import type { Pool } from '../db/sql.ts';

export type LiveSession = {
  role: Role;
  /** The person may not be signed in: blocked, deactivated, or suspended for a cause that signs out. */
  blocked: boolean;
  /** The account still has a password somebody else chose. */
  mustChoosePassword: boolean;
  deviceId: string | null;
};

/**
 * The person and session behind a token as the database knows them at this moment, null when the session has ended or the
 * person has no row. Asked on every request and never remembered, so that a revocation bites at once.
 */
export async function findLiveSession(
  server: Pool,
  { sub, session_id }: { sub: string; session_id: string },
  now: Date,
): Promise<LiveSession | null> {
  const { rows } = await server.query<{ role: Role; blocked: boolean; must_choose: boolean; device_id: string | null }>(
    {
      name: 'live-session',
      text: `select u.role, u.login_blocked or u.status <> 'active' as blocked, u.is_temp_password as must_choose, s.device_id
           from auth_sessions s
           join users u on u.id = s.user_id and not u.is_deleted
           left join devices d on d.id = s.device_id
           where s.id = $1 and s.user_id = $2 and s.revoked_at is null and s.not_after > $3
             and (u.sessions_revoked_at is null or s.created_at > u.sessions_revoked_at)
             and d.revoked_at is null`,
      values: [session_id, sub, now],
    },
  );
  const row = rows[0];
  return row
    ? { role: row.role, blocked: row.blocked, mustChoosePassword: row.must_choose, deviceId: row.device_id }
    : null;
}
