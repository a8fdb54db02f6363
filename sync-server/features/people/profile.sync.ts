import { mentors, users } from '#contract/tables/people.ts';
import type { Tx } from '../../db/sql.ts';
import { defineSync, type GuardAnswer, type PushContext } from '../../sync/define-sync.ts';
import { logActivity, writeAudit } from './trail.ts';

type Write = { before: Record<string, unknown> | null; deleted: boolean };

const isOwn = ({ actor }: PushContext, { before, deleted }: Write): boolean => before?.['id'] === actor.id && !deleted;

/** Name, phone, picture and goal are one's own; nobody else's row is touched this way, whatever the role. */
export const usersSync = defineSync(users, {
  guard: async (context, write) => {
    if (!isOwn(context, write)) return 'not_allowed';
    const { full_name: name, phone, avatar_file_id: avatar } = write.set;
    if (name !== undefined && !(name as string).trim()) return 'invalid';
    if (phone && (await isTaken(context, phone as string))) return 'taken';
    return avatar ? hasPortrait(context.tx, avatar as string, context.actor.id) : 'allowed';
  },
  after: async ({ tx, deps, actor, now, op }, { before, after }) => {
    if (!before || !after) return;
    const fields = Object.keys(op.set).filter((field) => before[field] !== after[field]);
    if (fields.length === 0) return;
    const details = { fields };
    await logActivity(tx, deps, { person: actor.id, activity: 'profile_updated', details, at: now.toISOString() });
    await writeAudit(tx, deps, {
      actor: actor.id,
      entity: 'users',
      id: actor.id,
      action: 'profile_updated',
      about: actor.id,
      summary: `Changed ${fields.join(', ')}`,
      data: details,
    });
  },
});

export const mentorsSync = defineSync(mentors, {
  guard: async (context, write) => {
    if (context.actor.role !== 'mentor' || !isOwn(context, write)) return 'not_allowed';
    const avatar = write.set['avatar_file_id'];
    return avatar ? hasPortrait(context.tx, avatar as string, context.actor.id) : 'allowed';
  },
});

async function isTaken({ tx, actor, deps }: PushContext, phone: string): Promise<boolean> {
  const { rows } = await tx.query<{ taken: boolean }>('select server_phone_taken($1, $2, $3) as taken', [
    deps.serverKey,
    phone,
    actor.id,
  ]);
  return rows[0]!.taken;
}

/** A picture must be the person's own and have arrived whole. */
async function hasPortrait(tx: Tx, fileId: string, userId: string): Promise<GuardAnswer> {
  const { rows } = await tx.query<{ owner_id: string; status: string; mime: string }>(
    'select owner_id, status, mime from files where id = $1',
    [fileId],
  );
  const file = rows[0];
  if (!file) return { wait: 'files' };
  if (file.owner_id !== userId) return 'not_allowed';
  if (!file.mime.startsWith('image/')) return 'file_type';
  return file.status === 'ready' ? 'allowed' : { wait: 'files' };
}
