import { createHash, randomInt } from 'node:crypto';
import type { AuthSession } from '#contract/api/gotrue.ts';
import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import type { Session } from '../../http/auth.ts';
import { AuthError } from './auth-error.ts';
import { readPause, recordRightCode, recordWrongCode, takeTry } from './code-attempts.ts';
import { refuseTakenName } from './enrol-factor.ts';
import { factorNotFound, hasVerifiedApp, lockFactorsOf } from './factors.ts';
import { tellPerson } from './mail.ts';
import { audit } from './queries.ts';
import { openRaised, raiseSession } from './raise-session.ts';
import type { Call } from './sessions.ts';
import type { Answering } from './verify-factor.ts';

/** Ten codes of sixteen letters and digits that are not mistaken for one another: 79 bits each, so a plain hash keeps them. */
const count = 10;
const length = 16;
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';
const usualName = 'Recovery codes';

type Owner = { userId: string; session: Session };
type Made = { id: string; type: 'recovery_code'; friendly_name: string; total: number; codes: string[] };

const newCode = (): string => Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
const spaced = (code: string): string => (code.match(/.{4}/g) ?? []).join('-');
const hashCode = (factorId: string, code: string): string =>
  createHash('sha256').update(`${factorId}\n${code}`).digest('hex');
const normalise = (code: string): string => code.toLowerCase().replace(/[\s-]/g, '');

/** How many codes are left; never the codes. */
export async function readRecoveryStatus(tx: Tx, userId: string) {
  const { rows } = await tx.query<{ id: string; total: number; remaining: number }>(
    `select f.id, count(c.id)::int as total, (count(c.id) filter (where c.used_at is null))::int as remaining
     from mfa_factors f left join mfa_recovery_codes c on c.factor_id = f.id
     where f.user_id = $1 and f.factor_type = 'recovery_code' group by f.id`,
    [userId],
  );
  if (!rows[0]) throw factorNotFound();
  return { ...rows[0], type: 'recovery_code' as const };
}

/** Makes the set, shown once. Throws `insufficient_aal`, `mfa_recovery_codes_sole_factor`, `mfa_verified_factor_exists`. */
export async function makeRecoveryCodes(
  call: Call,
  { userId, session }: Owner,
  name: string | undefined,
): Promise<Made> {
  requireRaised(session);
  return refuseTakenName(() =>
    asServer(call.deps.server, async (tx) => {
      await lockFactorsOf(tx, userId);
      if (!(await hasVerifiedApp(tx, userId)))
        throw new AuthError('mfa_recovery_codes_sole_factor', 'Set up another factor first.');
      const { rows } = await tx.query<{ id: string }>(
        `insert into mfa_factors (user_id, factor_type, label, status) values ($1, 'recovery_code', $2, 'verified')
         on conflict (user_id) where factor_type = 'recovery_code' do nothing returning id`,
        [userId, name || usualName],
      );
      if (!rows[0]) throw new AuthError('mfa_verified_factor_exists', 'You have recovery codes. Replace them instead.');
      return fillSet(call, tx, userId, { id: rows[0].id, label: name || usualName });
    }),
  );
}

/** A new set in place of the old one. Throws `mfa_factor_not_found` when there is none. */
export async function replaceRecoveryCodes(call: Call, { userId, session }: Owner): Promise<Made> {
  requireRaised(session);
  return asServer(call.deps.server, async (tx) => {
    await lockFactorsOf(tx, userId);
    return fillSet(call, tx, userId, await findSet(tx, userId));
  });
}

export async function removeRecoveryCodes(call: Call, { userId, session }: Owner): Promise<{ id: string }> {
  requireRaised(session);
  return asServer(call.deps.server, async (tx) => {
    await lockFactorsOf(tx, userId);
    const { id } = await findSet(tx, userId);
    await tx.query('delete from mfa_factors where id = $1', [id]);
    const data = { factor_id: id };
    await audit(tx, { ...call, action: 'recovery_codes_removed', targetUserId: userId, performedBy: userId, data });
    return { id };
  });
}

/** Takes one code, for good, and raises the session. Throws `mfa_verification_failed`, `mfa_recovery_codes_locked`. */
export async function takeRecoveryCode(call: Call, who: Answering, code: string): Promise<AuthSession> {
  const { userId, sessionId } = who;
  const { server } = call.deps;
  if (!(await takeTry(server, 'factor', userId, call.now))) {
    const retryAfter = await readPause(server, 'factor', userId, call.now);
    throw new AuthError('mfa_recovery_codes_locked', 'Too many wrong codes. Wait a while.', { retryAfter });
  }
  const raised = await asServer(server, async (tx) => {
    await lockFactorsOf(tx, userId);
    const used = await markUsed(tx, userId, normalise(code), call.now);
    if (!used) return null;
    const { remaining } = await readRecoveryStatus(tx, userId);
    await tellPerson(call, tx, userId, { template: 'recovery_code_used', payload: { remaining } });
    const data = { factor_id: used, session_id: sessionId, remaining };
    await audit(tx, { ...call, action: 'recovery_code_used', targetUserId: userId, performedBy: userId, data });
    return { ...(await raiseSession(tx, sessionId, 'mfa/recovery_code', call.now)), userId };
  });
  if (!raised) {
    await recordWrongCode(server, 'factor', userId, call.now);
    throw new AuthError('mfa_verification_failed', 'This code is not right, or was used already.');
  }
  await recordRightCode(server, 'factor', userId);
  return openRaised(call, raised);
}

/** The id of the set the code was taken from, null when it is none of its open codes. */
async function markUsed(tx: Tx, userId: string, code: string, now: Date): Promise<string | null> {
  const { rows } = await tx.query<{ id: string }>(
    `select id from mfa_factors where user_id = $1 and factor_type = 'recovery_code'`,
    [userId],
  );
  const id = rows[0]?.id;
  if (!id) return null;
  const { rowCount } = await tx.query(
    'update mfa_recovery_codes set used_at = $3 where factor_id = $1 and code_hash = $2 and used_at is null',
    [id, hashCode(id, code), now],
  );
  if (!rowCount) return null;
  await tx.query('update mfa_factors set last_used_at = $2 where id = $1', [id, now]);
  return id;
}

async function findSet(tx: Tx, userId: string): Promise<{ id: string; label: string }> {
  const { rows } = await tx.query<{ id: string; label: string }>(
    `select id, label from mfa_factors where user_id = $1 and factor_type = 'recovery_code' for update`,
    [userId],
  );
  if (!rows[0]) throw factorNotFound();
  return rows[0];
}

async function fillSet(
  call: Call,
  tx: Tx,
  userId: string,
  { id, label }: { id: string; label: string },
): Promise<Made> {
  const codes = Array.from({ length: count }, newCode);
  await tx.query('delete from mfa_recovery_codes where factor_id = $1', [id]);
  await tx.query('insert into mfa_recovery_codes (factor_id, code_hash) select $1, unnest($2::text[])', [
    id,
    codes.map((code) => hashCode(id, code)),
  ]);
  const data = { factor_id: id };
  await audit(tx, { ...call, action: 'recovery_codes_made', targetUserId: userId, performedBy: userId, data });
  return { id, type: 'recovery_code', friendly_name: label, total: count, codes: codes.map(spaced) };
}

function requireRaised(session: Session): void {
  if (session.aal === 'aal1') throw new AuthError('insufficient_aal', 'Give the code of your second factor first.');
}
