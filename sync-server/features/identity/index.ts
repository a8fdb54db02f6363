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
import { linkRoutes } from './link-routes.ts';
import { listSessions, revokeSession } from './own-sessions.ts';
import { preparePasswords } from './passwords.ts';
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
export { endSessions } from './sessions.ts';
export { openSecretBox, type SecretBox } from './secret-box.ts';
export { listOpenSessions } from './own-sessions.ts';
export { mintSetupToken, setupHours } from './setup.ts';
export { publicUrl } from './site.ts';
export { takeFactorsAway } from './unenrol-factor.ts';

/** Sign-in, sessions and accounts: `/auth/v1`, and who the caller is. */
export async function identity(app: FastifyInstance, deps: Deps, keys: SigningKeys): Promise<void> {
  const passwords = await preparePasswords();
  const call = callFor(deps, keys);
  await app.register(async (auth) => {
    speakGotrue(auth);
    accountRoutes(auth, call, passwords);
    linkRoutes(auth, call);
    factorRoutes(auth, call, openSecretBox(deps.config));
    recoveryCodeRoutes(auth, call);
    setupRoutes(auth, call, passwords);
    closedRoutes(auth);
    adminRoutes(auth, call, passwords);
    adminFactorRoutes(auth, call);
  });
  addCommand(app, deps, whoami);
  addCommand(app, deps, revokeDevice);
  addCommand(app, deps, listSessions);
  addCommand(app, deps, revokeSession);
  addCommand(app, deps, setSecuritySettings);
}

/** Identity's work by the clock; its routes are wired by `app.ts`. */
export const identityJobs = { name: 'identity', jobs: [forgetEnded] } satisfies Feature;
