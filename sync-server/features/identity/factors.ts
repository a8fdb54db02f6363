import type { Factor } from '#contract/api/gotrue.ts';
import type { Tx } from '../../db/sql.ts';
import { AuthError } from './auth-error.ts';

/** A factor as the server works with it; `secret_enc` leaves this feature never. */
export type StoredFactor = {
  id: string;
  user_id: string;
  factor_type: Factor['factor_type'];
  label: string;
  status: Factor['status'];
  secret_enc: string | null;
  last_used_step: number | null;
};

type ListedRow = Pick<StoredFactor, 'id' | 'user_id' | 'factor_type' | 'label' | 'status'> & {
  created_at: string;
  updated_at: string;
  last_challenged_at: string | null;
};

/** Every factor of these people, oldest first, by person. */
export async function readFactorsOf(tx: Tx, userIds: readonly string[]): Promise<Map<string, Factor[]>> {
  const { rows } = await tx.query<ListedRow>(
    `select id, user_id, factor_type, label, status, created_at, updated_at, last_challenged_at
     from mfa_factors where user_id = any($1) order by created_at, id`,
    [userIds],
  );
  const byPerson = new Map<string, Factor[]>();
  for (const { user_id, label, last_challenged_at, ...factor } of rows) {
    const listed = byPerson.get(user_id) ?? [];
    listed.push({
      ...factor,
      ...(label ? { friendly_name: label } : {}),
      ...(last_challenged_at ? { last_challenged_at } : {}),
    });
    byPerson.set(user_id, listed);
  }
  return byPerson;
}

/** The factor if it is this person's, locked; one of somebody else is answered like one that does not exist. */
export async function lockFactor(tx: Tx, userId: string, factorId: string): Promise<StoredFactor> {
  const { rows } = await tx.query<StoredFactor>(
    `select id, user_id, factor_type, label, status, secret_enc, last_used_step from mfa_factors
     where id = $1 and user_id = $2 for update`,
    [factorId, userId],
  );
  if (!rows[0]) throw factorNotFound();
  return rows[0];
}

export const factorNotFound = (): AuthError => new AuthError('mfa_factor_not_found', 'There is no such factor.');

/** True while the person has an authenticator app that counts; `except` is passed over. */
export async function hasVerifiedApp(tx: Tx, userId: string, except: string | null = null): Promise<boolean> {
  const { rowCount } = await tx.query(
    `select from mfa_factors
     where user_id = $1 and factor_type = 'totp' and status = 'verified' and id is distinct from $2`,
    [userId, except],
  );
  return rowCount !== 0;
}

/** One change of a person's factors at a time. */
export async function lockFactorsOf(tx: Tx, userId: string): Promise<void> {
  await tx.query("select pg_advisory_xact_lock(hashtext('factors ' || $1))", [userId]);
}

/** Takes the strength of a code back from every session of the person, once there is no factor to give one with. */
export async function lowerSessions(tx: Tx, userId: string): Promise<void> {
  if (await hasVerifiedApp(tx, userId)) return;
  await tx.query("update auth_sessions set aal = 'aal1' where user_id = $1 and aal = 'aal2'", [userId]);
}
