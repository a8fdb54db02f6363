import type { FastifyInstance } from 'fastify';
import {
  awardBadgeSchema,
  awardedSchema,
  awardMilestoneSchema,
  excludeFromLeaderboardSchema,
  revokeBadgeSchema,
  revokedSchema,
  revokeMilestoneSchema,
} from '#contract/api/rewards.ts';
import { naturalId } from '#contract/natural-id.ts';
import type { Role } from '#contract/roles.ts';
import { asActor } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { addCommand, defineCommand, type CommandContext } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { writeAudit } from '../people/index.ts';
import { award, celebrate } from './milestones.ts';

const staff: Role[] = ['admin', 'superadmin'];
const givers: Role[] = ['mentor', ...staff];

/** A mentor gives to the own students and says why; whom one may see is the database's answer. */
async function requireGiver(tx: Tx, { actor }: CommandContext, studentId: string, notes: string | null): Promise<void> {
  if (actor.role === 'mentor' && !notes)
    throw new AppError('INVALID_INPUT', { details: [{ path: 'notes', message: 'Say what it is for.' }] });
  const { rows } = await tx.query('select from students where id = $1', [studentId]);
  if (rows.length === 0) throw new AppError('NOT_FOUND', { message: 'There is no such student.' });
}

type Celebrated = Parameters<typeof celebrate>[3];

const awardMilestone = defineCommand({
  name: 'award-milestone',
  summary: 'Give a milestone by hand',
  input: awardMilestoneSchema,
  output: awardedSchema,
  roles: givers,
  writes: true,
  run: (context, { user_id, milestone_id, notes }) =>
    asActor(context.deps.people, context.actor, async (tx) => {
      const { deps, actor } = context;
      await requireGiver(tx, context, user_id, notes);
      const { rows } = await tx.query<{ milestone: Celebrated | null }>(
        'select server_milestone($1, $2) as milestone',
        [deps.serverKey, milestone_id],
      );
      const milestone = rows[0]?.milestone;
      if (!milestone) throw new AppError('NOT_FOUND', { message: 'There is no such milestone.' });
      const given = { userId: user_id, milestoneId: milestone_id, by: actor.id, note: notes };
      const isNew = await award(tx, deps, given);
      const id = naturalId('user_milestones', user_id, milestone_id);
      if (isNew) {
        await celebrate(tx, deps, user_id, milestone);
        await audit(tx, context, 'user_milestones', id, 'milestone_awarded', user_id, milestone.name, {
          milestone_id,
          notes,
        });
      }
      return { id, is_new: isNew };
    }),
});

const awardBadge = defineCommand({
  name: 'award-badge',
  summary: 'Give a badge by hand',
  input: awardBadgeSchema,
  output: awardedSchema,
  roles: givers,
  writes: true,
  run: (context, { user_id, badge_id, notes }) =>
    asActor(context.deps.people, context.actor, async (tx) => {
      await requireGiver(tx, context, user_id, notes);
      const badge = await tx.query<{ name: string }>('select name from badges where id = $1', [badge_id]);
      if (!badge.rows[0]) throw new AppError('NOT_FOUND', { message: 'There is no such badge.' });
      const { rows } = await tx.query<{ is_new: boolean }>(
        'select server_award_badge($1, $2, $3, $4, $5, $6) as is_new',
        [context.deps.serverKey, user_id, badge_id, context.actor.id, notes, context.now],
      );
      const id = naturalId('user_badges', user_id, badge_id);
      if (rows[0]!.is_new)
        await audit(tx, context, 'user_badges', id, 'badge_awarded', user_id, badge.rows[0].name, { badge_id, notes });
      return { id, is_new: rows[0]!.is_new };
    }),
});

const revokeMilestone = defineCommand({
  name: 'revoke-milestone',
  summary: 'Take a milestone back, with the badge that came with it',
  input: revokeMilestoneSchema,
  output: revokedSchema,
  roles: staff,
  writes: true,
  run: (context, { user_id, milestone_id, reason }) =>
    takeBack(context, 'server_revoke_milestone', user_id, milestone_id, (tx, id) =>
      audit(tx, context, 'user_milestones', id, 'milestone_revoked', user_id, reason, { milestone_id, reason }),
    ),
});

const revokeBadge = defineCommand({
  name: 'revoke-badge',
  summary: 'Take a badge back',
  input: revokeBadgeSchema,
  output: revokedSchema,
  roles: staff,
  writes: true,
  run: (context, { user_id, badge_id, reason }) =>
    takeBack(context, 'server_revoke_badge', user_id, badge_id, (tx, id) =>
      audit(tx, context, 'user_badges', id, 'badge_revoked', user_id, reason, { badge_id, reason }),
    ),
});

const takeBack = (
  { deps, actor }: CommandContext,
  statement: 'server_revoke_milestone' | 'server_revoke_badge',
  userId: string,
  what: string,
  trail: (tx: Tx, id: string) => Promise<void>,
): Promise<{ id: string }> =>
  asActor(deps.people, actor, async (tx) => {
    const { rows } = await tx.query<{ id: string | null }>(`select ${statement}($1, $2, $3) as id`, [
      deps.serverKey,
      userId,
      what,
    ]);
    const id = rows[0]?.id;
    if (!id) throw new AppError('NOT_FOUND', { message: 'This person does not have it.' });
    await trail(tx, id);
    return { id };
  });

const excludeFromLeaderboard = defineCommand({
  name: 'exclude-from-leaderboard',
  summary: 'Keep a student out of the ranking, or let them in again',
  input: excludeFromLeaderboardSchema,
  output: revokedSchema,
  roles: staff,
  writes: true,
  run: (context, { student_id, excluded, reason }) =>
    asActor(context.deps.people, context.actor, async (tx) => {
      const known = await tx.query('select from students where id = $1', [student_id]);
      if (known.rows.length === 0) throw new AppError('NOT_FOUND', { message: 'There is no such student.' });
      const { rows } = await tx.query<{ changed: boolean }>(
        'select server_exclude_from_leaderboard($1, $2, $3) as changed',
        [context.deps.serverKey, student_id, excluded],
      );
      const action = excluded ? 'leaderboard_excluded' : 'leaderboard_included';
      if (rows[0]!.changed)
        await audit(tx, context, 'students', student_id, action, student_id, reason, { excluded, reason });
      return { id: student_id };
    }),
});

const audit = (
  tx: Tx,
  { deps, actor }: CommandContext,
  entity: string,
  id: string,
  action: string,
  about: string,
  summary: string,
  data: Record<string, unknown>,
): Promise<void> => writeAudit(tx, deps, { actor: actor.id, entity, id, action, about, summary, data });

export function awardCommands(app: FastifyInstance, deps: Deps): void {
  addCommand(app, deps, awardMilestone);
  addCommand(app, deps, awardBadge);
  addCommand(app, deps, revokeMilestone);
  addCommand(app, deps, revokeBadge);
  addCommand(app, deps, excludeFromLeaderboard);
}
