import type { Tx } from '../../db/sql.ts';
import { AuthError } from './auth-error.ts';

type Metadata = Record<string, unknown>;
export type DetailChanges = { user_metadata?: Metadata | undefined; app_metadata?: Metadata | undefined };

const longestName = 100;

/** The name in what a program sends, undefined when there is none. Throws `validation_failed` when it cannot be one. */
export function readName(metadata: Metadata | undefined): string | undefined {
  const name = metadata?.['full_name'];
  if (name === undefined || name === null) return undefined;
  if (typeof name !== 'string' || name.trim().length === 0 || [...name.trim()].length > longestName)
    throw new AuthError('validation_failed', `full_name has 1 to ${longestName} characters.`);
  return name.trim();
}

/**
 * Lays what a program sends over what is kept: a key with null goes, others stay. The app role and the fixed keys of the
 * protocol are never kept here; a name becomes the person's name.
 */
export async function mergeDetails(tx: Tx, userId: string, changes: DetailChanges): Promise<void> {
  if (![changes.user_metadata, changes.app_metadata].some((given) => given && Object.keys(given).length > 0)) return;
  await tx.query('insert into account_details (user_id) values ($1) on conflict do nothing', [userId]);
  const { rows } = await tx.query<{ user_metadata: Metadata | null; app_metadata: Metadata }>(
    'select user_metadata, app_metadata from account_details where user_id = $1 for update',
    [userId],
  );
  const kept = rows[0]!;
  const user = changes.user_metadata ? overlay(kept.user_metadata ?? {}, changes.user_metadata) : kept.user_metadata;
  const { role: _role, provider: _provider, providers: _providers, ...app } = changes.app_metadata ?? {};
  await tx.query('update account_details set user_metadata = $2, app_metadata = $3 where user_id = $1', [
    userId,
    user && JSON.stringify(user),
    JSON.stringify(overlay(kept.app_metadata, app)),
  ]);
  const name = readName(changes.user_metadata);
  if (name !== undefined) await tx.query('update users set full_name = $2 where id = $1', [userId, name]);
}

const overlay = (kept: Metadata, given: Metadata): Metadata =>
  Object.fromEntries(Object.entries({ ...kept, ...given }).filter(([, value]) => value !== null));

export async function stampInvited(tx: Tx, userId: string, now: Date): Promise<void> {
  await tx.query(
    `insert into account_details (user_id, invited_at) values ($1, $2)
     on conflict (user_id) do update set invited_at = excluded.invited_at`,
    [userId, now],
  );
}

/** Keeps when a ban ends; null: it lasts until it is lifted, or there is none. */
export async function stampBan(tx: Tx, userId: string, until: Date | null): Promise<void> {
  await tx.query(
    `insert into account_details (user_id, banned_until) values ($1, $2)
     on conflict (user_id) do update set banned_until = excluded.banned_until`,
    [userId, until],
  );
}
