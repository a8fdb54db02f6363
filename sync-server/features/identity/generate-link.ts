import type { z } from 'zod';
import type { AuthUser, generateLinkSchema, LinkType } from '#contract/api/gotrue.ts';
import { asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import type { AccountHome } from './account-home.ts';
import { stampInvited } from './account-details.ts';
import { createAccount } from './admin.ts';
import { AuthError } from './auth-error.ts';
import { readAuthUser } from './auth-user.ts';
import { noteWishForOperator } from './email-change.ts';
import { typeOf, type LinkKind } from './links.ts';
import { audit, findAccountByEmail, findPasswordHash } from './queries.ts';
import type { Call } from './sessions.ts';
import { publicUrl, safeRedirect } from './site.ts';

type Asked = z.infer<typeof generateLinkSchema>;
export type GeneratedLink = AuthUser & {
  action_link: string;
  email_otp: string;
  hashed_token: string;
  redirect_to: string;
  verification_type: Asked['type'];
};

/**
 * Makes a link that an operator sends. `signup` and `invite` make the account first; the other kinds are of an account that is
 * there. Throws `user_not_found`, `email_exists`, `weak_password`.
 */
export async function generateLink(call: Call, home: AccountHome, given: Asked): Promise<GeneratedLink> {
  const { userId, type } = await findOrMake(call, home, given);
  const asked = { ...given, type };
  const { token, user } = await asServer(call.deps.server, async (tx) => {
    const kind = await prepare(call, tx, userId, asked);
    const data = { kind: asked.type };
    await audit(tx, { ...call, action: 'password_link_made', targetUserId: userId, performedBy: null, data });
    return { token: await home.mintLink(tx, userId, kind, call.now), user: (await readAuthUser(tx, userId))! };
  });
  const redirect_to = safeRedirect(call.deps.config, asked.redirect_to);
  return {
    ...user,
    action_link: linkTo(call, { token, type: typeOf(asked.type), redirect_to }),
    email_otp: token,
    hashed_token: token,
    redirect_to,
    verification_type: asked.type,
  };
}

/** Whose link it is. An operator's magic link for somebody new makes the account, as a sign-up does. */
async function findOrMake(
  call: Call,
  home: AccountHome,
  asked: Asked,
): Promise<{ userId: string; type: Asked['type'] }> {
  const existing = await findAccountByEmail(call.deps.server, asked.email.trim().toLowerCase());
  if (existing) {
    if (asked.type === 'signup' || (asked.type === 'invite' && (await hasPassword(call, existing.id))))
      throw new AuthError('email_exists', 'A user with this email address has already been registered');
    return { userId: existing.id, type: asked.type };
  }
  if (!['signup', 'invite', 'magiclink'].includes(asked.type)) throw new AuthError('user_not_found', 'User not found');
  if (asked.type === 'signup' && !asked.password) throw new AuthError('validation_failed', 'signup needs a password.');
  const user = await createAccount(call, home, {
    email: asked.email,
    ...(asked.type === 'signup' ? { password: asked.password } : {}),
    user_metadata: asked.data,
  });
  return { userId: user.id, type: asked.type === 'magiclink' ? 'signup' : asked.type };
}

/** Somebody who has one is there for good and is invited no more. */
const hasPassword = async (call: Call, userId: string): Promise<boolean> =>
  (await findPasswordHash(call.deps.server, userId)) !== null;

async function prepare(call: Call, tx: Tx, userId: string, asked: Asked): Promise<LinkKind> {
  if (asked.type === 'invite') await stampInvited(tx, userId, call.now);
  if (asked.type === 'email_change_current' || asked.type === 'email_change_new') {
    if (!asked.new_email) throw new AuthError('validation_failed', 'new_email is missing.');
    await noteWishForOperator(call, tx, userId, asked.new_email);
  }
  return asked.type;
}

/** The target stands last and readable, as programs that look at the address expect it. */
function linkTo(
  { deps }: Call,
  { token, type, redirect_to }: { token: string; type: LinkType; redirect_to: string },
): string {
  const target = encodeURIComponent(redirect_to).replaceAll('%3A', ':').replaceAll('%2F', '/');
  return `${publicUrl(deps.config).replace(/\/$/, '')}/auth/v1/verify?token=${token}&type=${type}&redirect_to=${target}`;
}
