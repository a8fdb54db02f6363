import type { AuthUser, Factor } from '#contract/api/gotrue.ts';
import type { Tx } from '../../db/sql.ts';
import { readFactorsOf } from './factors.ts';

/** How long a wish for another address is kept open, in hours; its links live as long. */
export const emailChangeHours = 24;

type Row = {
  id: string;
  email: string;
  full_name: string;
  blocked: boolean;
  banned_until: string | null;
  last_login_at: string | null;
  created_at: string;
  updated_at: string;
  user_metadata: Record<string, unknown> | null;
  app_metadata: Record<string, unknown> | null;
  invited_at: string | null;
  new_email: string | null;
  change_requested_at: string | null;
};

const selectUsers = `
  select u.id, u.email::text, u.full_name, u.login_blocked or u.status <> 'active' as blocked, u.last_login_at, u.created_at,
    u.updated_at, d.user_metadata, d.app_metadata, d.invited_at, d.banned_until,
    c.new_email::text, c.requested_at as change_requested_at
  from users u
  left join account_details d on d.user_id = u.id
  left join email_changes c on c.user_id = u.id and c.requested_at > now() - make_interval(hours => ${emailChangeHours})
  where not u.is_deleted`;
/** An account an operator removed is not there for operators any more. */
const listed = 'd.removed_at is null';

/** The account in the words of the protocol; null when there is none. `operator`: also null when it was removed. */
export async function readAuthUser(tx: Tx, id: string, by: 'self' | 'operator' = 'self'): Promise<AuthUser | null> {
  const only = by === 'operator' ? `and ${listed}` : '';
  const { rows } = await tx.query<Row>(`${selectUsers} and u.id = $1 ${only}`, [id]);
  return (await withFactors(tx, rows))[0] ?? null;
}

export type Page = { users: AuthUser[]; total: number };
/** Accounts for operators, newest first. */
export async function listAuthUsers(tx: Tx, { limit, offset }: { limit: number; offset: number }): Promise<Page> {
  const { rows } = await tx.query<Row>(
    `${selectUsers} and ${listed} order by u.created_at desc, u.id desc limit $1 offset $2`,
    [limit, offset],
  );
  const count = await tx.query<{ total: number }>(
    `select count(*)::int as total from users u left join account_details d on d.user_id = u.id
     where not u.is_deleted and ${listed}`,
  );
  return { users: await withFactors(tx, rows), total: count.rows[0]?.total ?? 0 };
}

async function withFactors(tx: Tx, rows: readonly Row[]): Promise<AuthUser[]> {
  const factors = await readFactorsOf(
    tx,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => toAuthUser(row, factors.get(row.id) ?? []));
}

function toAuthUser(row: Row, factors: Factor[]): AuthUser {
  const { id, email, created_at, updated_at } = row;
  const last_sign_in = row.last_login_at ? { last_sign_in_at: row.last_login_at } : {};
  return {
    id,
    aud: 'authenticated',
    role: 'authenticated',
    email,
    ...(row.new_email ? { new_email: row.new_email, email_change_sent_at: row.change_requested_at! } : {}),
    email_confirmed_at: created_at,
    confirmed_at: created_at,
    ...(row.invited_at ? { invited_at: row.invited_at } : {}),
    ...last_sign_in,
    // GoTrue has no open-ended ban; a date far away says it.
    ...(row.blocked ? { banned_until: row.banned_until ?? '9999-12-31T00:00:00.000Z' } : {}),
    phone: '',
    app_metadata: { ...row.app_metadata, provider: 'email', providers: ['email'] },
    user_metadata: userMetadata(row),
    identities: [
      {
        id,
        identity_id: id,
        user_id: id,
        provider: 'email',
        email,
        identity_data: { sub: id, email, email_verified: true },
        ...last_sign_in,
        created_at,
        updated_at,
      },
    ],
    ...(factors.length > 0 ? { factors } : {}),
    is_anonymous: false,
    created_at,
    updated_at,
  };
}

/** Where a name was given it is the one the person has now, not the one of that day. */
function userMetadata({ user_metadata, full_name }: Row): Record<string, unknown> {
  if (!user_metadata) return { full_name };
  return 'full_name' in user_metadata ? { ...user_metadata, full_name } : user_metadata;
}
