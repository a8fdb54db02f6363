import { z } from 'zod';
import type { Tx } from '../../../db/sql.ts';
import type { Project } from '../../../http/supabase-project.ts';
import { AuthError } from '../auth-error.ts';
import type { LinkKind } from '../links.ts';
import { askFor, projectUserSchema, tell } from './project-answers.ts';

/** What the project is told of a person. */
type Told = { email: string; full_name: string; blocked: boolean; gone: boolean };

/** A hundred years: the protocol knows no ban without an end. */
const forGood = '876000h';

async function readTold(tx: Tx, userId: string): Promise<Told | null> {
  const { rows } = await tx.query<Told>(
    `select u.email::text, u.full_name, u.login_blocked or u.status <> 'active' as blocked,
       u.is_deleted or u.erased_at is not null or d.removed_at is not null as gone
     from users u left join account_details d on d.user_id = u.id where u.id = $1`,
    [userId],
  );
  return rows[0] ?? null;
}

/**
 * Brings the person's account at the project to what stands here: made under the same id, with this address, banned or not, or
 * removed. Safe to repeat; `more` goes along with it. Throws AuthError where the project refuses, UNAVAILABLE while it is away.
 */
export async function keepAtProject(
  project: Project,
  tx: Tx,
  userId: string,
  more: { password?: string } = {},
): Promise<void> {
  const person = await readTold(tx, userId);
  const path = `/admin/users/${userId}`;
  const known = await askFor(project, projectUserSchema, path, {}).catch(nullIfUnknown);
  if (!person || person.gone) {
    if (known) await tell(project, path, { method: 'DELETE' }).catch(nullIfUnknown);
    return;
  }
  const { email, full_name, blocked } = person;
  const account = { email, email_confirm: true, ban_duration: blocked ? forGood : 'none', ...more };
  if (!known) return tell(project, '/admin/users', { body: { id: userId, ...account, user_metadata: { full_name } } });
  const isBanned = Boolean(known.banned_until && Date.parse(known.banned_until) > Date.now());
  if (known.email.toLowerCase() === email && isBanned === blocked && more.password === undefined) return;
  await tell(project, path, { method: 'PUT', body: account });
}

export function nullIfUnknown(error: unknown): null {
  if (error instanceof AuthError && ['user_not_found', 'not_found', 'mfa_factor_not_found'].includes(error.code))
    return null;
  throw error;
}

/** An account that exists is neither invited nor signed up again there: the same door opens by other kinds. */
const kindThere: Record<LinkKind, string> = {
  recovery: 'recovery',
  activation: 'recovery',
  invite: 'recovery',
  signup: 'magiclink',
  magiclink: 'magiclink',
  email_change_current: 'email_change_current',
  email_change_new: 'email_change_new',
};

const linkSchema = z.object({ hashed_token: z.string() });

/** Has the project make the secret of a link; our own mail carries it. */
export async function mintAtProject(project: Project, tx: Tx, userId: string, kind: LinkKind): Promise<string> {
  const { rows } = await tx.query<{ email: string; new_email: string | null }>(
    'select u.email::text, c.new_email::text from users u left join email_changes c on c.user_id = u.id where u.id = $1',
    [userId],
  );
  const { email = '', new_email = null } = rows[0] ?? {};
  const body = { type: kindThere[kind], email, ...(kind.startsWith('email_change') ? { new_email } : {}) };
  const mint = () => askFor(project, linkSchema, '/admin/generate_link', { body });
  const link = await mint().catch(async (error: unknown) => {
    nullIfUnknown(error);
    // A welcome may be sent before the job that makes the account has run.
    await keepAtProject(project, tx, userId);
    return mint();
  });
  return link.hashed_token;
}
