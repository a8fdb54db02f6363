import type { Tx } from '../../../db/sql.ts';
import type { VerifiedClaims } from '../../../http/access-token.ts';
import { lowerSessions } from '../factors.ts';
import { sessionDays } from '../refresh-tokens.ts';
import type { ProjectUser } from './project-answers.ts';

type Facts = {
  deviceId?: string | null;
  address?: string | null;
  userAgent?: string | null;
  /** When it was opened, where that was just now; else its token says it. */
  opened?: Date;
};

/**
 * Notes a session that stands at the project, by its id there, with its level and the person's factors. One that was ended here
 * stays ended. Does nothing for an account that is no person of the academy.
 */
export async function mirrorSession(
  tx: Tx,
  { sub, session_id, aal, amr }: VerifiedClaims,
  user: ProjectUser,
  now: Date,
  { deviceId = null, address = null, userAgent = null, opened }: Facts = {},
): Promise<void> {
  // Opened when its first step was taken: a session from before "sign out everywhere" must not look younger than that.
  const begun = Math.min(...amr.map(({ timestamp }) => timestamp));
  const createdAt = opened ?? new Date(Number.isFinite(begun) ? begun * 1000 : 0);
  await tx.query(
    `insert into auth_sessions as s (id, user_id, device_id, aal, amr, refreshed_at, not_after, created_at, address, user_agent)
     select $1, u.id, $3, $4, $5, $6, $6::timestamptz + make_interval(days => $7), $8, $9, $10
     from users u where u.id = $2 and not u.is_deleted
     on conflict (id) do update set aal = greatest(s.aal, excluded.aal), amr = excluded.amr,
       refreshed_at = excluded.refreshed_at, not_after = excluded.not_after, device_id = coalesce(s.device_id, excluded.device_id)
       where s.user_id = excluded.user_id and s.revoked_at is null`,
    [...[session_id, sub, deviceId, aal, JSON.stringify(amr), now, sessionDays], ...[createdAt, address, userAgent]],
  );
  await mirrorFactors(tx, user);
}

/** A secret of the project never comes here; the column says where it is. */
const keptElsewhere = 'project';

/** Which factors an account has decides what its sessions still owe (db/declared/second_step.sql), so they stand here as well. */
export async function mirrorFactors(tx: Tx, { id, factors }: ProjectUser): Promise<void> {
  const apps = (factors ?? []).filter(({ factor_type }) => factor_type === 'totp');
  await tx.query('delete from mfa_factors where user_id = $1 and not (id = any($2))', [id, apps.map((app) => app.id)]);
  for (const app of apps)
    await tx.query(
      `insert into mfa_factors as f (id, user_id, factor_type, label, secret_enc, status)
       select $1, u.id, 'totp', $3, $4, $5 from users u where u.id = $2
       on conflict (id) do update set status = excluded.status, label = excluded.label
         where f.user_id = excluded.user_id and (f.status, f.label) is distinct from (excluded.status, excluded.label)`,
      [app.id, id, (app.friendly_name ?? '').slice(0, 100), keptElsewhere, app.status],
    );
  await lowerSessions(tx, id);
}
