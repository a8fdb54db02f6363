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
import { audit, findAccountByEmail } from './queries.ts';
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
export async function generateLink(call: Call, home: AccountHome, asked: Asked): Promise<GeneratedLink> {
  const userId = await findOrMake(call, home, asked);
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

async function findOrMake(call: Call, home: AccountHome, asked: Asked): Promise<string> {
  const existing = await findAccountByEmail(call.deps.server, asked.email.trim().toLowerCase());
  const makes = asked.type === 'signup' || asked.type === 'invite';
  if (existing) {
    if (asked.type === 'signup') throw new AuthError('email_exists', 'There is an account with this e-mail address.');
    return existing.id;
  }
  if (!makes) throw new AuthError('user_not_found', 'There is no such account.');
  if (asked.type === 'signup' && !asked.password) throw new AuthError('validation_failed', 'signup needs a password.');
  const user = await createAccount(call, home, {
    email: asked.email,
    ...(asked.type === 'signup' ? { password: asked.password } : {}),
    user_metadata: asked.data,
  });
  return user.id;
}

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
