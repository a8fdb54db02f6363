import type { Tx } from '../../db/sql.ts';
import type { LinkType } from '#contract/api/gotrue.ts';
import { hoursOf, mintLink, typeOf, type LinkKind } from './links.ts';
import type { Project } from '../../http/supabase-project.ts';
import { mintAtProject } from './project/project-accounts.ts';
import { codeMinutes, mintCode } from './reauthentication.ts';

/** What a mail carries beside its text: a link's token and type with its life in hours, or a code with its life in minutes. */
export type MailSecret = { token: string; type: LinkType; hours: number } | { code: string; minutes: number };

/** The longest that a Supabase project lets a link of a mail live; `docs/operations.md` asks for it. */
const projectHours = 24;

const linkOf: Record<string, LinkKind> = {
  password_reset: 'recovery',
  invite: 'invite',
  student_welcome: 'activation',
  team_welcome: 'activation',
  email_change_current: 'email_change_current',
  email_change_new: 'email_change_new',
};

/**
 * Makes the secret of a mail in the moment it is sent: null where its template needs none, `void` where the mail must not go
 * out any more because its person or its wish is gone.
 */
export async function mintMailSecret(
  tx: Tx,
  mail: { template: string; userId: string; recipient: string },
  now: Date,
  project: Project | null = null,
): Promise<MailSecret | 'void' | null> {
  if (mail.template === 'reauthentication') return { code: await mintCode(tx, mail.userId, now), minutes: codeMinutes };
  const kind = linkOf[mail.template];
  if (!kind) return null;
  if (!(await isStillTheirs(tx, kind, mail))) return 'void';
  if (!project) return { token: await mintLink(tx, mail.userId, kind, now), type: typeOf(kind), hours: hoursOf(kind) };
  const hours = Math.min(hoursOf(kind), projectHours);
  return { token: await mintAtProject(project, tx, mail.userId, kind), type: typeOf(kind), hours };
}

/** A link opens an account, so it goes to an address of that account only, as it is now. */
async function isStillTheirs(
  tx: Tx,
  kind: LinkKind,
  { userId, recipient }: { userId: string; recipient: string },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `select from users u left join email_changes c on c.user_id = u.id
     where u.id = $1 and not u.is_deleted and $2::citext = case when $3 then c.new_email else u.email end`,
    [userId, recipient, kind === 'email_change_new'],
  );
  return rowCount !== 0;
}
