import type { Pool } from '../db/sql.ts';

type Watched = { readonly userId: string; readonly role: string; readonly sessionId: string };

/**
 * Those whose session no longer stands: signed out, revoked, blocked, past its end, its device revoked, its second step owed
 * anew, or the person's role changed. The rule of `http/live-session.ts`, asked for many at once.
 */
export async function findEndedSessions<T extends Watched>(
  server: Pool,
  watched: readonly T[],
  now: Date,
): Promise<T[]> {
  if (watched.length === 0) return [];
  const { rows } = await server.query<{ id: string; role: string }>({
    name: 'sync-live-sessions',
    text: `select s.id, u.role from auth_sessions s
           join users u on u.id = s.user_id and not u.is_deleted and not u.login_blocked and u.status = 'active'
           left join devices d on d.id = s.device_id
           where s.id = any($1) and s.revoked_at is null and s.not_after > $2 and d.revoked_at is null
             and (u.sessions_revoked_at is null or s.created_at > u.sessions_revoked_at)
             and app_second_step(u.id, u.role, s.aal) = 'none'`,
    values: [[...new Set(watched.map(({ sessionId }) => sessionId))], now],
  });
  const roles = new Map(rows.map(({ id, role }) => [id, role]));
  return watched.filter(({ sessionId, role }) => roles.get(sessionId) !== role);
}
