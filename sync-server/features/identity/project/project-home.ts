import { asServer } from '../../../db/as-actor.ts';
import type { Project } from '../../../http/supabase-project.ts';
import { challengeSchema, enrolledFactorSchema } from '#contract/api/second-factor.ts';
import { z } from 'zod';
import type { AccountHome, Signed, SignOutScope } from '../account-home.ts';
import { AuthError } from '../auth-error.ts';
import { findChanging, finishPasswordChange, proveIdentity } from '../change-password.ts';
import { requireStrongPassword } from '../passwords.ts';
import type { Call } from '../sessions.ts';
import { signOut } from '../sign-out.ts';
import { asPerson, askFor, projectUserSchema, tell } from './project-answers.ts';
import { keepAtProject, mintAtProject } from './project-accounts.ts';
import { raiseAtProject, unenrolAtProject } from './project-factors.ts';
import { followAtProject } from './project-links.ts';
import { isPasswordAtProject, refreshAtProject, signInAtProject } from './project-sign-in.ts';

/** Accounts that live in a Supabase project; each call is answered as our own would be. */
export const projectHome = (project: Project): AccountHome => ({
  signIn: (call, credentials, device) => signInAtProject(call, project, credentials, device),
  refresh: (call, token, device) => refreshAtProject(call, project, token, device),
  signOut: (call, who, scope) => signOutOfProject(call, project, who, scope),
  async changePassword(call, who, change) {
    const account = await findChanging(call, who);
    // The project takes the code of its own mail itself, with the change.
    await proveIdentity(call, who, account, change, {
      isPassword: (password) => isPasswordAtProject(call, project, account.email, password),
      takeCode: async () => undefined,
    });
    requireStrongPassword(change.password);
    const { password, currentPassword: current_password, nonce } = change;
    const body = { password, ...(current_password ? { current_password } : {}), ...(nonce ? { nonce } : {}) };
    await askFor(project, projectUserSchema, '/user', { ...asPerson(call, who), method: 'PUT', body });
    await asServer(call.deps.server, (tx) => finishPasswordChange(call, tx, who, account));
  },
  requestCode: (call, who) => tell(project, '/reauthenticate', asPerson(call, who)),
  followLink: (call, link, device) => followAtProject(call, project, link, device),
  mintLink: (tx, userId, kind) => mintAtProject(project, tx, userId, kind),
  keepPassword: async (_, password) => (tx, userId) => keepAtProject(project, tx, userId, { password }),
  enrolFactor: (call, who, asked) =>
    askFor(project, enrolledFactorSchema, '/factors', { ...asPerson(call, who), body: asked }),
  challengeFactor: (call, who, factorId) =>
    askFor(project, challengeAnswer, `/factors/${factorId}/challenge`, { ...asPerson(call, who), method: 'POST' }),
  verifyFactor: (call, who, answer) => raiseAtProject(call, project, who, answer),
  unenrolFactor: (call, who, factorId) => unenrolAtProject(call, project, who, factorId),
});

const challengeAnswer = challengeSchema.extend({ type: z.literal('totp').default('totp') });

/** Here first, which nothing can prevent; then there, so that the refresh tokens are void as well. */
async function signOutOfProject(call: Call, project: Project, who: Signed, scope: SignOutScope) {
  await asServer(call.deps.server, (tx) => signOut(call, tx, who, scope));
  try {
    await tell(project, `/logout?scope=${scope}`, { ...asPerson(call, who), method: 'POST' });
  } catch (error) {
    // Ended there already.
    if (!(error instanceof AuthError)) throw error;
  }
}
