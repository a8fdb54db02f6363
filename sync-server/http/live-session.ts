import type { Role } from '#contract/roles.ts';
import type { Pool } from '../db/sql.ts';

export type AssuranceLevel = 'aal1' | 'aal2';
/** What a session still owes: a code of the person's own factor, a factor at all, or nothing (db/declared/second_step.sql). */
export type SecondStep = 'none' | 'verify' | 'enrol';

/** What is known of the device of a session. */
export type DeviceState = {
  lastSyncAt: Date | null;
  /** Of the key of its local data; null where it never showed one. */
  publicKey: string | null;
  /** It was told to forget that data, and has not said that it did. */
  wipeDue: boolean;
};

export type LiveSession = {
  role: Role;
  /** The person may not be signed in: blocked, deactivated, or suspended for a cause that signs out. */
  blocked: boolean;
  /** The account still has a password somebody else chose. */
  mustChoosePassword: boolean;
  deviceId: string | null;
  /** Null where the session was opened on none. */
  device: DeviceState | null;
  /** Never more than both the token and the session in the database say. */
  aal: AssuranceLevel;
  secondStep: SecondStep;
};

type Row = {
  role: Role;
  blocked: boolean;
  must_choose: boolean;
  device_id: string | null;
  last_sync_at: string | null;
  public_key: string | null;
  wipe_due: boolean;
  aal: AssuranceLevel;
  second_step: SecondStep;
};

/** Whose session, and the level the token claims; left out where no token is at hand, then the session's own counts. */
type Claimed = { sub: string; session_id: string; aal?: AssuranceLevel };

/**
 * The person and session behind a token as the database knows them at this moment, null when the session has ended or the
 * person has no row. Asked on every request and never remembered, so that a revocation bites at once.
 */
export async function findSession(
  server: Pool,
  { sub, session_id, aal = 'aal2' }: Claimed,
  now: Date,
): Promise<LiveSession | null> {
  const { rows } = await server.query<Row>({
    name: 'live-session',
    text: `select u.role, u.login_blocked or u.status <> 'active' as blocked, u.is_temp_password as must_choose,
             s.device_id, d.last_sync_at, d.public_key, d.wipe_requested_at is not null and d.wiped_at is null as wipe_due,
             least(s.aal, $4) as aal, app_second_step(u.id, u.role, least(s.aal, $4)) as second_step
           from auth_sessions s
           join users u on u.id = s.user_id and not u.is_deleted
           left join devices d on d.id = s.device_id
           where s.id = $1 and s.user_id = $2 and s.revoked_at is null and s.not_after > $3
             and (u.sessions_revoked_at is null or s.created_at > u.sessions_revoked_at)
             and d.revoked_at is null`,
    values: [session_id, sub, now, aal],
  });
  const row = rows[0];
  if (!row) return null;
  return {
    role: row.role,
    blocked: row.blocked,
    mustChoosePassword: row.must_choose,
    deviceId: row.device_id,
    device: row.device_id === null ? null : deviceOf(row),
    aal: row.aal,
    secondStep: row.second_step,
  };
}

const deviceOf = ({ last_sync_at: last, public_key, wipe_due }: Row): DeviceState => ({
  lastSyncAt: last === null ? null : new Date(last),
  publicKey: public_key,
  wipeDue: wipe_due,
});

/** As `findSession`, for doors without a person in front of them: a session that still owes a step is none there. */
export async function findLiveSession(server: Pool, claimed: Claimed, now: Date): Promise<LiveSession | null> {
  const session = await findSession(server, claimed, now);
  return session?.secondStep === 'none' ? session : null;
}
