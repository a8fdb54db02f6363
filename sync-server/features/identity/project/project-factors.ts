import { z } from 'zod';
import type { AuthSession } from '#contract/api/gotrue.ts';
import { asServer } from '../../../db/as-actor.ts';
import type { Project } from '../../../http/supabase-project.ts';
import type { Signed } from '../account-home.ts';
import { hasVerifiedApp } from '../factors.ts';
import { tellPerson } from '../mail.ts';
import { audit } from '../queries.ts';
import { endSessions, type Call } from '../sessions.ts';
import { mirrorFactors, mirrorSession } from './mirror-session.ts';
import { asPerson, askFor, projectSessionSchema, projectUserSchema } from './project-answers.ts';
import { answerFromProject, claimsOf } from './project-sign-in.ts';

/** Answers with a code of an app: the session rises there and here. Sessions that never gave one end with the first. */
export async function raiseAtProject(
  call: Call,
  project: Project,
  who: Signed,
  { factorId, challengeId, code }: { factorId: string; challengeId: string; code: string },
): Promise<AuthSession> {
  const body = { challenge_id: challengeId, code };
  const asked = { ...asPerson(call, who), body };
  const session = await askFor(project, projectSessionSchema, `/factors/${factorId}/verify`, asked);
  const claims = await claimsOf(call, session);
  await asServer(call.deps.server, async (tx) => {
    const isFirst = !(await hasVerifiedApp(tx, who.userId));
    await mirrorSession(tx, claims, session.user, call.now);
    const label = session.user.factors?.find(({ id }) => id === factorId)?.friendly_name ?? '';
    if (isFirst) {
      await endSessions(tx, { user: who.userId, except: claims.session_id }, call.now);
      await tellPerson(call, tx, who.userId, { template: 'mfa_enrolled', payload: { label } });
    }
    const action = isFirst ? 'mfa_enrolled' : 'mfa_verified';
    const data = { factor_id: factorId, session_id: claims.session_id };
    await audit(tx, { ...call, action, targetUserId: who.userId, performedBy: who.userId, data });
  });
  return answerFromProject(call, session, claims);
}

/** Takes an own factor away there; what is left there is what is known here afterwards. */
export async function unenrolAtProject(
  call: Call,
  project: Project,
  who: Signed,
  factorId: string,
): Promise<{ id: string }> {
  await askFor(project, z.unknown(), `/factors/${factorId}`, { ...asPerson(call, who), method: 'DELETE' });
  const user = await askFor(project, projectUserSchema, '/user', asPerson(call, who));
  await asServer(call.deps.server, async (tx) => {
    const { rows } = await tx.query<{ label: string }>(
      `select label from mfa_factors where id = $1 and user_id = $2 and status = 'verified'`,
      [factorId, who.userId],
    );
    await mirrorFactors(tx, user);
    const data = { factor_id: factorId };
    await audit(tx, { ...call, action: 'mfa_removed', targetUserId: who.userId, performedBy: who.userId, data });
    if (rows[0]) await tellPerson(call, tx, who.userId, { template: 'mfa_removed', payload: { label: rows[0].label } });
  });
  return { id: factorId };
}
