import type { z } from 'zod';
import type { setupRequestSchema } from '#contract/api/identity.ts';
import type { AuthSession } from '#contract/api/gotrue.ts';
import { asServer } from '../../db/as-actor.ts';
import type { Pool, Tx } from '../../db/sql.ts';
import type { AccountHome, StorePassword } from './account-home.ts';
import { refuseTakenAddress } from './admin.ts';
import { AuthError } from './auth-error.ts';
import type { DeviceIntroduction } from './devices.ts';
import { requireStrongPassword } from './passwords.ts';
import { audit } from './queries.ts';
import { hashToken, newToken } from './refresh-tokens.ts';
import type { Call } from './sessions.ts';

export const setupHours = 24;

/**
 * Makes the secret that lets the first superadmin in, in place of an earlier one; null once there is any account. Only its hash
 * is kept, so it is shown this once.
 */
export async function mintSetupToken(server: Pool, now: Date): Promise<string | null> {
  return asServer(server, async (tx) => {
    if (!(await isEmpty(tx))) return null;
    const token = newToken();
    await tx.query('delete from setup_tokens');
    await tx.query(
      `insert into setup_tokens (token_hash, expires_at) values ($1, $2::timestamptz + make_interval(hours => $3))`,
      [hashToken(token), now, setupHours],
    );
    return token;
  });
}

/**
 * Makes the first superadmin (data model R1) and signs in. Throws `not_found` once there is any account, `otp_expired` for a wrong
 * or old secret, `weak_password`.
 */
export async function setUp(
  call: Call,
  home: AccountHome,
  input: z.infer<typeof setupRequestSchema>,
  device: DeviceIntroduction | null,
): Promise<AuthSession> {
  const { server } = call.deps;
  // Asked first: a hash is work, and nobody without the secret shall cause it.
  await requireToken(call, server, input.token);
  requireStrongPassword(input.password);
  const store = await home.keepPassword(call, input.password);
  await refuseTakenAddress(() =>
    asServer(server, async (tx) => {
      await requireToken(call, tx, input.token);
      await tx.query('update setup_tokens set used_at = $2 where token_hash = $1', [hashToken(input.token), call.now]);
      return insertSuperadmin(call, tx, input, store);
    }),
  );
  return home.signIn(call, input, device);
}

/** Holds the lock of the empty house when it runs in a transaction: of two at once, the second finds it inhabited. */
async function requireToken({ now }: Call, tx: Tx, token: string): Promise<void> {
  if (!(await isEmpty(tx))) throw new AuthError('not_found', 'This academy is set up already.');
  const { rowCount } = await tx.query(
    'select from setup_tokens where token_hash = $1 and used_at is null and expires_at > $2',
    [hashToken(token), now],
  );
  if (!rowCount)
    throw new AuthError('otp_expired', 'This set-up link is wrong or too old. Start the server again for a new one.');
}

async function isEmpty(tx: Tx): Promise<boolean> {
  await tx.query("select pg_advisory_xact_lock(hashtext('first superadmin'))");
  return (await tx.query('select from users limit 1')).rowCount === 0;
}

async function insertSuperadmin(
  call: Call,
  tx: Tx,
  { email, full_name, company_name }: z.infer<typeof setupRequestSchema>,
  store: StorePassword,
): Promise<void> {
  const address = email.trim().toLowerCase();
  const { rows } = await tx.query<{ id: string }>(
    `insert into users (email, full_name, role, is_temp_password) values ($1, $2, 'superadmin', false) returning id`,
    [address, full_name],
  );
  const id = rows[0]!.id;
  await tx.query(
    `insert into company_settings (company_name, address, contact_email, primary_phone) values ($1, '', $2, '')
     on conflict (id) do nothing`,
    [company_name, address],
  );
  await audit(tx, { ...call, action: 'first_superadmin_created', targetUserId: id, performedBy: id });
  await store(tx, id);
}
