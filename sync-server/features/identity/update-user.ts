import type { z } from 'zod';
import type { AuthUser, updateUserSchema } from '#contract/api/gotrue.ts';
import { asServer } from '../../db/as-actor.ts';
import type { AccountHome, Signed } from './account-home.ts';
import { mergeDetails } from './account-details.ts';
import { AuthError } from './auth-error.ts';
import { readAuthUser } from './auth-user.ts';
import { requestEmailChange } from './email-change.ts';
import type { Call } from './sessions.ts';

type Changes = z.infer<typeof updateUserSchema>;

/**
 * What a person changes in the own account: the password at once, the address after a yes from both mailboxes, facts that
 * programs keep. Password and address ask for the second factor where there is one. Throws `insufficient_aal` and what
 * `home.changePassword` and `requestEmailChange` throw.
 */
export async function updateOwnAccount(
  call: Call,
  home: AccountHome,
  who: Signed,
  { email, password, current_password, nonce, phone, data, app_metadata }: Changes,
): Promise<AuthUser> {
  const { userId, session } = who;
  if (app_metadata !== undefined) throw new AuthError('not_admin', 'app_metadata is kept by operators only.');
  if (phone) throw new AuthError('phone_provider_disabled', 'Phone numbers are no way to sign in here.');
  if ((email || password !== undefined) && session.secondStep === 'verify')
    throw new AuthError('insufficient_aal', 'Give the code of your second factor first.', { status: 401 });
  if (password !== undefined)
    await home.changePassword(call, who, { password, currentPassword: current_password, nonce });
  if (email) await requestEmailChange(call, userId, email);
  if (data) await asServer(call.deps.server, (tx) => mergeDetails(tx, userId, { user_metadata: data }));
  const user = await readAuthUser(call.deps.server, userId);
  if (!user) throw new AuthError('session_not_found', 'This session has ended.');
  return user;
}
