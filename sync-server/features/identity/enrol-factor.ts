import { randomBytes } from 'node:crypto';
import { renderSVG } from 'uqr';
import type { z } from 'zod';
import type { enrolledFactorSchema, enrolRequestSchema } from '#contract/api/second-factor.ts';
import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import type { Session } from '../../http/auth.ts';
import { AuthError } from './auth-error.ts';
import { hasVerifiedApp, lockFactorsOf } from './factors.ts';
import { audit } from './queries.ts';
import type { SecretBox } from './secret-box.ts';
import type { Call } from './sessions.ts';
import { toBase32, totpUri } from './totp.ts';

const secretBytes = 20;
const mostFactors = 10;
const uniqueViolation = '23505';

type Asked = z.infer<typeof enrolRequestSchema>;

/**
 * Starts setting up an authenticator app: the secret is shown once and counts when its first code was given. Throws
 * `insufficient_aal` for a weaker session than the account already asks for, `mfa_factor_name_conflict`,
 * `too_many_enrolled_mfa_factors`.
 */
export async function enrolFactor(
  call: Call,
  box: SecretBox,
  { userId, session }: { userId: string; session: Session },
  asked: Asked,
): Promise<z.infer<typeof enrolledFactorSchema>> {
  if (asked.factor_type === 'phone') throw new AuthError('mfa_phone_enroll_not_enabled', 'Codes by phone are off.');
  if (asked.factor_type === 'webauthn') throw new AuthError('mfa_webauthn_enroll_not_enabled', 'Passkeys are off.');
  const secret = randomBytes(secretBytes);
  const label = asked.friendly_name ?? '';
  const { id, email, company } = await refuseTakenName(() =>
    asServer(call.deps.server, async (tx) => {
      await lockFactorsOf(tx, userId);
      await requireRoom(tx, userId, session);
      const factor = await insertFactor(tx, { userId, label, secret, box });
      const data = { factor_id: factor.id };
      await audit(tx, { ...call, action: 'mfa_enrolment_started', targetUserId: userId, performedBy: userId, data });
      return factor;
    }),
  );
  const shown = toBase32(secret);
  const uri = totpUri({ issuer: asked.issuer || company, account: email, secret: shown });
  return {
    id,
    type: 'totp',
    ...(label ? { friendly_name: label } : {}),
    // Named colours on purpose: supabase-js puts the picture into a data: address, where a # would end it.
    totp: { qr_code: renderSVG(uri, { pixelSize: 4, border: 4 }), secret: shown, uri },
  };
}

async function requireRoom(tx: Tx, userId: string, session: Session): Promise<void> {
  if (session.aal === 'aal1' && (await hasVerifiedApp(tx, userId)))
    throw new AuthError('insufficient_aal', 'Give the code of your second factor first.');
  // Begun and left lying: only a day old counts as given up.
  await tx.query(
    `delete from mfa_factors where user_id = $1 and status = 'unverified' and created_at < now() - interval '1 day'`,
    [userId],
  );
  const { rows } = await tx.query<{ count: number }>(
    'select count(*)::int as count from mfa_factors where user_id = $1',
    [userId],
  );
  if (rows[0]!.count >= mostFactors)
    throw new AuthError('too_many_enrolled_mfa_factors', 'There are too many factors. Remove one first.');
}

/** The id is made first, because the sealed secret opens in its own row only. */
async function insertFactor(
  tx: Tx,
  { userId, label, secret, box }: { userId: string; label: string; secret: Buffer; box: SecretBox },
): Promise<{ id: string; email: string; company: string }> {
  const { rows } = await tx.query<{ id: string; email: string; company: string }>(
    `select app_uuid7() as id, u.email::text,
       coalesce((select company_name from company_settings), 'Growth OS') as company
     from users u where u.id = $1`,
    [userId],
  );
  const row = rows[0]!;
  await tx.query(
    `insert into mfa_factors (id, user_id, factor_type, label, secret_enc) values ($1, $2, 'totp', $3, $4)`,
    [row.id, userId, label, box.seal(secret.toString('base64url'), row.id)],
  );
  return row;
}

export async function refuseTakenName<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const { code, constraint } = error as { code?: string; constraint?: string };
    if (code === uniqueViolation && constraint === 'mfa_factors_label')
      throw new AuthError('mfa_factor_name_conflict', 'You have a factor of this name already.');
    throw error;
  }
}
