import { asServer } from '../../db/as-actor.ts';
import type { AccountHome } from './account-home.ts';
import { changePassword } from './change-password.ts';
import { enrolFactor } from './enrol-factor.ts';
import { mintLink } from './links.ts';
import type { Passwords } from './passwords.ts';
import { requestCode } from './reauthentication.ts';
import { followLink } from './recovery.ts';
import type { SecretBox } from './secret-box.ts';
import { refreshSession } from './sessions.ts';
import { signIn } from './sign-in.ts';
import { signOut } from './sign-out.ts';
import { unenrolFactor } from './unenrol-factor.ts';
import { challengeFactor, verifyFactor } from './verify-factor.ts';

/** Accounts that live with this server. */
export const ownHome = (passwords: Passwords, box: SecretBox): AccountHome => ({
  signIn: (call, credentials, device) => signIn(call, passwords, credentials, device),
  refresh: refreshSession,
  signOut: (call, who, scope) => asServer(call.deps.server, (tx) => signOut(call, tx, who, scope)),
  changePassword: (call, who, change) => changePassword(call, passwords, who, change),
  requestCode: (call, { userId }) => requestCode(call, userId),
  followLink,
  mintLink,
  async keepPassword({ now }, password) {
    const hash = await passwords.hash(password);
    return async (tx, userId) => {
      await tx.query(
        `insert into user_credentials (user_id, password_hash, password_changed_at) values ($1, $2, $3)
         on conflict (user_id) do update set password_hash = excluded.password_hash, password_changed_at = excluded.password_changed_at`,
        [userId, hash, now],
      );
    };
  },
  enrolFactor: (call, who, asked) => enrolFactor(call, box, who, asked),
  challengeFactor: (call, { userId, session }, factorId) =>
    challengeFactor(call, { userId, sessionId: session.id }, factorId),
  verifyFactor: (call, { userId, session }, answer) =>
    verifyFactor(call, box, { userId, sessionId: session.id }, answer),
  unenrolFactor,
});
