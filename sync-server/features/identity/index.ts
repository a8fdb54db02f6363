import type { FastifyInstance } from 'fastify';
import type { Deps, Feature } from '../../deps.ts';
import { addCommand } from '../../http/commands.ts';
import type { SigningKeys } from '../../http/signing-keys.ts';
import { adminFactorRoutes } from './admin-factor-routes.ts';
import { adminRoutes } from './admin-routes.ts';
import { speakGotrue } from './auth-error.ts';
import { closedRoutes } from './closed-routes.ts';
import { factorRoutes } from './factor-routes.ts';
import { forgetEnded } from './jobs/forget-ended.job.ts';
import type { Project } from '../../http/supabase-project.ts';
import { linkRoutes } from './link-routes.ts';
import { listSessions, revokeSession } from './own-sessions.ts';
import { ownHome } from './own-home.ts';
import { preparePasswords } from './passwords.ts';
import { projectHome } from './project/project-home.ts';
import { dropFactor, settleAccount } from './project/settle-account.job.ts';
import { recoveryCodeRoutes } from './recovery-code-routes.ts';
import { accountRoutes, callFor } from './routes.ts';
import { revokeDevice } from './revoke-device.ts';
import { openSecretBox } from './secret-box.ts';
import { setSecuritySettings } from './security-settings.ts';
import { setupRoutes } from './setup-routes.ts';
import { whoami } from './whoami.ts';

export { hashPassword } from './passwords.ts';
export { mintLink } from './links.ts';
export { accountMails, type AccountMail } from './mail.ts';
export { mintMailSecret, type MailSecret } from './mail-secrets.ts';
export { claimHome } from './project/claim-home.ts';
export { watchSessions } from './project/session-watch.ts';
export { endSessions } from './sessions.ts';
export { openSecretBox, type SecretBox } from './secret-box.ts';
export { listOpenSessions } from './own-sessions.ts';
export { mintSetupToken, setupHours } from './setup.ts';
export { publicUrl } from './site.ts';
export { takeFactorsAway } from './unenrol-factor.ts';

/** Sign-in, sessions and accounts: `/auth/v1`, and who the caller is. */
export async function identity(
  app: FastifyInstance,
  deps: Deps,
  keys: SigningKeys,
  project: Project | null,
): Promise<void> {
  const home = project ? projectHome(project) : ownHome(await preparePasswords(), openSecretBox(deps.config));
  const call = callFor(deps, keys);
  await app.register(async (auth) => {
    speakGotrue(auth);
    accountRoutes(auth, call, home);
    linkRoutes(auth, call, home);
    factorRoutes(auth, call, home);
    // A code of ours cannot raise a session of the project's.
    if (!project) recoveryCodeRoutes(auth, call);
    setupRoutes(auth, call, home);
    closedRoutes(auth);
    adminRoutes(auth, call, home);
    adminFactorRoutes(auth, call);
  });
  addCommand(app, deps, whoami);
  addCommand(app, deps, revokeDevice);
  addCommand(app, deps, listSessions);
  addCommand(app, deps, revokeSession);
  addCommand(app, deps, setSecuritySettings);
}

/** Identity's work by the clock; its routes are wired by `app.ts`. */
export const identityJobs = { name: 'identity', jobs: [forgetEnded, settleAccount, dropFactor] } satisfies Feature;
