import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import type { Session } from '../../http/auth.ts';
import { AuthError } from './auth-error.ts';
import {
  factorNotFound,
  hasVerifiedApp,
  lockFactor,
  lockFactorsOf,
  lowerSessions,
  type StoredFactor,
} from './factors.ts';
import { tellPerson } from './mail.ts';
import { audit } from './queries.ts';
import type { Call } from './sessions.ts';

/**
 * Takes one of the person's own factors away. One that counts needs a session that has given a code. Throws
 * `insufficient_aal`, `mfa_factor_not_found`, `mfa_recovery_codes_sole_factor`.
 */
export async function unenrolFactor(
  call: Call,
  { userId, session }: { userId: string; session: Session },
  factorId: string,
): Promise<{ id: string }> {
  return asServer(call.deps.server, async (tx) => {
    await lockFactorsOf(tx, userId);
    const factor = await lockFactor(tx, userId, factorId);
    if (factor.factor_type !== 'totp') throw factorNotFound();
    if (factor.status === 'verified') {
      if (session.aal === 'aal1')
        throw new AuthError('insufficient_aal', 'Give the code of your second factor first.', { status: 422 });
      await keepCodesCompany(tx, userId, factor.id);
    }
    await removeFactor(call, tx, factor, userId);
    return { id: factor.id };
  });
}

/** An operator or staff takes a factor away from somebody who lost the phone; recovery codes go with the last app. */
export async function takeFactorAway(
  call: Pick<Call, 'requestId'> & { address: string | null },
  tx: Tx,
  { userId, factorId, performedBy }: { userId: string; factorId: string; performedBy: string | null },
): Promise<StoredFactor> {
  await lockFactorsOf(tx, userId);
  const factor = await lockFactor(tx, userId, factorId);
  await removeFactor(call, tx, factor, performedBy);
  if (!(await hasVerifiedApp(tx, userId))) await tx.query('delete from mfa_factors where user_id = $1', [userId]);
  return factor;
}

/** Staff take all factors of somebody at once; answers how many counted. */
export async function takeFactorsAway(
  call: Pick<Call, 'requestId'> & { address: string | null },
  tx: Tx,
  { userId, performedBy }: { userId: string; performedBy: string },
): Promise<number> {
  await lockFactorsOf(tx, userId);
  const { rows } = await tx.query<StoredFactor>(
    `select id, user_id, factor_type, label, status, secret_enc, last_used_step from mfa_factors
     where user_id = $1 order by created_at for update`,
    [userId],
  );
  for (const factor of rows) await removeFactor(call, tx, factor, performedBy);
  return rows.filter(({ status }) => status === 'verified').length;
}

async function keepCodesCompany(tx: Tx, userId: string, factorId: string): Promise<void> {
  const { rowCount } = await tx.query(`select from mfa_factors where user_id = $1 and factor_type = 'recovery_code'`, [
    userId,
  ]);
  if (rowCount && !(await hasVerifiedApp(tx, userId, factorId)))
    throw new AuthError('mfa_recovery_codes_sole_factor', 'Remove your recovery codes before the last factor.');
}

async function removeFactor(
  call: Pick<Call, 'requestId'> & { address: string | null },
  tx: Tx,
  factor: StoredFactor,
  performedBy: string | null,
): Promise<void> {
  const { id, user_id: userId, status, label } = factor;
  await tx.query('delete from mfa_factors where id = $1', [id]);
  await lowerSessions(tx, userId);
  const data = { factor_id: id, factor_type: factor.factor_type, status };
  await audit(tx, { ...call, action: 'mfa_removed', targetUserId: userId, performedBy, data });
  const mail = { template: 'mfa_removed' as const, payload: { label }, dedupe: `${call.requestId}:${id}` };
  if (status === 'verified') await tellPerson(call, tx, userId, mail);
}
