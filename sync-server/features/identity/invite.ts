import type { z } from 'zod';
import type { AuthUser, inviteRequestSchema } from '#contract/api/gotrue.ts';
import type { AccountHome } from './account-home.ts';
import { stampInvited } from './account-details.ts';
import { createAccount } from './admin.ts';
import { tellPerson } from './mail.ts';
import type { Call } from './sessions.ts';

/** Makes an account whose owner gets a mail with a set-password link. `data.role` is the app role. Throws `email_exists`. */
export function inviteAccount(
  call: Call,
  home: AccountHome,
  { email, data = {} }: z.infer<typeof inviteRequestSchema>,
): Promise<AuthUser> {
  const { role, ...user_metadata } = data;
  const account = { email, user_metadata, ...(role === undefined ? {} : { app_metadata: { role } }) };
  return createAccount(call, home, account, async (tx, id) => {
    await stampInvited(tx, id, call.now);
    await tellPerson(call, tx, id, { template: 'invite' });
  });
}
