import type { AuthSession } from '#contract/api/gotrue.ts';
import type { z } from 'zod';
import type { challengeSchema } from '#contract/api/second-factor.ts';
import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import { AuthError } from './auth-error.ts';
import { readPause, recordRightCode, recordWrongCode, takeTry } from './code-attempts.ts';
import { factorNotFound, hasVerifiedApp, lockFactor, lockFactorsOf, type StoredFactor } from './factors.ts';
import { tellPerson } from './mail.ts';
import { audit } from './queries.ts';
import { openRaised, raiseSession, type Raised } from './raise-session.ts';
import type { SecretBox } from './secret-box.ts';
import { endSessions, type Call } from './sessions.ts';
import { matchTotp } from './totp.ts';

const challengeSeconds = 300;

/** Who answers, in which session. */
export type Answering = { userId: string; sessionId: string };

/** Opens a question that this session alone may answer, once and within five minutes. */
export async function challengeFactor(
  { deps, now }: Call,
  { userId, sessionId }: Answering,
  factorId: string,
): Promise<z.infer<typeof challengeSchema>> {
  return asServer(deps.server, async (tx) => {
    const factor = await lockFactor(tx, userId, factorId);
    if (factor.factor_type !== 'totp') throw factorNotFound();
    await tx.query('update mfa_factors set last_challenged_at = $2 where id = $1', [factorId, now]);
    const { rows } = await tx.query<{ id: string }>(
      `insert into mfa_challenges (factor_id, session_id, expires_at)
       values ($1, $2, $3::timestamptz + make_interval(secs => $4)) returning id`,
      [factorId, sessionId, now, challengeSeconds],
    );
    return { id: rows[0]!.id, type: 'totp', expires_at: Math.floor(now.getTime() / 1000) + challengeSeconds };
  });
}

/**
 * Takes the code of an authenticator app and raises the session. The first right code makes the factor count and ends the
 * person's sessions that never gave one. Throws `mfa_verification_failed`, `mfa_challenge_expired`, `mfa_factor_not_found`,
 * `over_request_rate_limit`.
 */
export async function verifyFactor(
  call: Call,
  box: SecretBox,
  who: Answering,
  answer: { factorId: string; challengeId: string; code: string },
): Promise<AuthSession> {
  const { server } = call.deps;
  // Asked before a try is counted: an old question is no guess.
  await requireChallenge(call, server, who, answer);
  if (!(await takeTry(server, 'factor', who.userId, call.now))) {
    const retryAfter = await readPause(server, 'factor', who.userId, call.now);
    throw new AuthError('over_request_rate_limit', 'Too many wrong codes. Wait a while.', { retryAfter });
  }
  const raised = await asServer(server, async (tx) => {
    await lockFactorsOf(tx, who.userId);
    const factor = await lockFactor(tx, who.userId, answer.factorId);
    await requireChallenge(call, tx, who, answer);
    const step = matchTotp(
      Buffer.from(box.open(factor.secret_enc ?? '', factor.id), 'base64url'),
      answer.code,
      call.now,
    );
    if (step === null || step <= (factor.last_used_step ?? -1)) return null;
    return acceptCode(call, tx, who, factor, step);
  });
  // The challenge stays open for another try; the count of tries is what ends them.
  if (!raised) {
    await recordWrongCode(server, 'factor', who.userId, call.now);
    throw new AuthError('mfa_verification_failed', 'This code is not right, or was used already.');
  }
  await recordRightCode(server, 'factor', who.userId);
  return openRaised(call, raised);
}

async function requireChallenge(
  { now }: Call,
  tx: Tx,
  { userId, sessionId }: Answering,
  { factorId, challengeId }: { factorId: string; challengeId: string },
): Promise<void> {
  const { rows } = await tx.query<{ open: boolean }>(
    `select exists (select from mfa_challenges c
       where c.id = $1 and c.factor_id = f.id and c.session_id = $3 and c.used_at is null and c.expires_at > $4) as open
     from mfa_factors f where f.id = $2 and f.user_id = $5 and f.factor_type = 'totp'`,
    [challengeId, factorId, sessionId, now, userId],
  );
  if (!rows[0]) throw factorNotFound();
  if (!rows[0].open)
    throw new AuthError('mfa_challenge_expired', 'This question was answered or is too old. Ask again.');
}

async function acceptCode(call: Call, tx: Tx, who: Answering, factor: StoredFactor, step: number): Promise<Raised> {
  const { now } = call;
  const first = factor.status === 'unverified';
  // Whoever has a factor already proves that one before adding another.
  if (first) await requireOldFactor(tx, who);
  await tx.query(
    'update mfa_challenges set used_at = $3 where factor_id = $1 and session_id = $2 and used_at is null',
    [factor.id, who.sessionId, now],
  );
  await tx.query(`update mfa_factors set status = 'verified', last_used_at = $2, last_used_step = $3 where id = $1`, [
    factor.id,
    now,
    step,
  ]);
  const raised = await raiseSession(tx, who.sessionId, 'totp', now);
  if (first) await finishEnrolment(call, tx, who, factor);
  const data = { factor_id: factor.id, session_id: who.sessionId };
  const action = first ? 'mfa_enrolled' : 'mfa_verified';
  await audit(tx, { ...call, action, targetUserId: who.userId, performedBy: who.userId, data });
  return { ...raised, userId: who.userId };
}

async function requireOldFactor(tx: Tx, { userId, sessionId }: Answering): Promise<void> {
  if (!(await hasVerifiedApp(tx, userId))) return;
  const { rowCount } = await tx.query(`select from auth_sessions where id = $1 and aal = 'aal2'`, [sessionId]);
  if (!rowCount) throw new AuthError('insufficient_aal', 'Give the code of your second factor first.');
}

async function finishEnrolment(call: Call, tx: Tx, { userId, sessionId }: Answering, factor: StoredFactor) {
  await tx.query(`delete from mfa_factors where user_id = $1 and factor_type = 'totp' and status = 'unverified'`, [
    userId,
  ]);
  const { rows } = await tx.query<{ id: string }>(
    `select id from auth_sessions where user_id = $1 and aal = 'aal1' and revoked_at is null and id <> $2`,
    [userId, sessionId],
  );
  for (const { id } of rows) await endSessions(tx, { session: id }, call.now);
  await tellPerson(call, tx, userId, { template: 'mfa_enrolled', payload: { label: factor.label } });
}
