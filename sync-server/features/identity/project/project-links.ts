import { z } from 'zod';
import type { LinkType } from '#contract/api/gotrue.ts';
import { asServer } from '../../../db/as-actor.ts';
import type { Tx } from '../../../db/sql.ts';
import type { Project } from '../../../http/supabase-project.ts';
import { refuseTakenAddress } from '../admin.ts';
import type { DeviceIntroduction } from '../devices.ts';
import { tellOfNewAddress } from '../email-change.ts';
import type { GivenLink } from '../links.ts';
import { audit } from '../queries.ts';
import type { Followed } from '../recovery.ts';
import type { Call } from '../sessions.ts';
import { askFor, projectSessionSchema, type ProjectUser } from './project-answers.ts';
import { openFromProject } from './project-sign-in.ts';

/** A link of ours carries a secret of the project of this type: there, an account that exists is never invited again. */
const typeThere = (type: LinkType): LinkType =>
  type === 'invite' ? 'recovery' : type === 'signup' ? 'magiclink' : type;

const halfSchema = z.object({ msg: z.string(), code: z.union([z.string(), z.number()]) });

/** Uses the secret of a link up at the project: a session, or the first half of a change of address. */
export async function followAtProject(
  call: Call,
  project: Project,
  { token, type, email }: GivenLink,
  device: DeviceIntroduction | null,
): Promise<Followed> {
  const secret = email === undefined ? { token_hash: token } : { token, email };
  const asked = { body: { type: typeThere(type), ...secret }, anonymous: true, address: call.address };
  const answer = await askFor(project, z.union([projectSessionSchema, halfSchema]), '/verify', asked);
  if (!('user' in answer)) return { session: null };
  if (type === 'email_change') await asServer(call.deps.server, (tx) => takeAddressOver(call, tx, answer.user));
  return { session: await openFromProject(call, project, answer, device) };
}

/** The account has its new address at the project: here too, and both mailboxes hear of it. */
async function takeAddressOver(call: Call, tx: Tx, { id, email }: ProjectUser): Promise<void> {
  const { rows } = await tx.query<{ email: string }>(
    'select email::text from users where id = $1 and not is_deleted and email <> $2 for no key update',
    [id, email],
  );
  const before = rows[0]?.email;
  if (before === undefined) return;
  await tx.query('delete from email_changes where user_id = $1', [id]);
  await refuseTakenAddress(() => tx.query('update users set email = $2 where id = $1', [id, email]));
  await tellOfNewAddress(call, tx, id, { old: before, new: email });
  const data = { before, after: email };
  await audit(tx, { ...call, action: 'email_changed', targetUserId: id, performedBy: id, data });
}
