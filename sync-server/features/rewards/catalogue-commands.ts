import type { FastifyInstance } from 'fastify';
import {
  deleteSchema,
  revokedSchema,
  saveBadgeSchema,
  savedSchema,
  saveMilestoneCategorySchema,
  saveMilestoneSchema,
} from '#contract/api/rewards.ts';
import type { Role } from '#contract/roles.ts';
import { asActor } from '../../db/as-actor.ts';
import type { Deps } from '../../deps.ts';
import { addCommand, defineCommand, type Command, type CommandContext } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { writeAudit } from '../people/index.ts';
import { milestoneConfigs } from './milestone-config.ts';

const staff: Role[] = ['admin', 'superadmin'];
type Kind = 'badges' | 'milestone_categories' | 'milestones';
type Saved = { before: Record<string, unknown> | null; after: Record<string, unknown> & { id: string; name: string } };

const nameIsTaken = (error: unknown): boolean => (error as { code?: string }).code === '23505';
const isMissing = (error: unknown): boolean => (error as { code?: string }).code === '23503';

/** Stores a row of the catalogue and writes what changed into the trail. */
async function save(
  { deps, actor }: CommandContext,
  kind: Kind,
  statement: string,
  { id, ...row }: { id?: string; name: string },
): Promise<{ id: string }> {
  try {
    return await asActor(deps.people, actor, async (tx) => {
      const { rows } = await tx.query<{ saved: Saved | null }>(statement, [
        deps.serverKey,
        id ?? null,
        JSON.stringify(row),
      ]);
      const saved = rows[0]?.saved;
      if (!saved) throw new AppError('NOT_FOUND');
      await writeAudit(tx, deps, {
        actor: actor.id,
        entity: kind,
        id: saved.after.id,
        action: saved.before ? 'updated' : 'created',
        about: null,
        summary: saved.after.name,
        data: { before: changed(saved.before, saved.after), after: changed(saved.after, saved.before) },
      });
      return { id: saved.after.id };
    });
  } catch (error) {
    if (nameIsTaken(error)) throw new AppError('CONFLICT', { message: 'There is one of this name already.' });
    if (isMissing(error)) throw new AppError('INVALID_INPUT', { message: 'A category, badge or file is not there.' });
    throw error;
  }
}

/** What one state has and the other has not, without bookkeeping. */
const changed = (one: Record<string, unknown> | null, other: Record<string, unknown> | null): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(one ?? {}).filter(
      ([column, value]) =>
        !['v', 'updated_at', 'created_at', 'is_deleted'].includes(column) &&
        JSON.stringify(value) !== JSON.stringify(other?.[column]),
    ),
  );

const saveBadge = defineCommand({
  name: 'save-badge',
  summary: 'Make or change a badge',
  input: saveBadgeSchema,
  output: savedSchema,
  roles: staff,
  writes: true,
  run: (context, badge) => save(context, 'badges', 'select server_save_badge($1, $2, $3::jsonb) as saved', badge),
});

const saveMilestoneCategory = defineCommand({
  name: 'save-milestone-category',
  summary: 'Make or change a category of milestones',
  input: saveMilestoneCategorySchema,
  output: savedSchema,
  roles: staff,
  writes: true,
  run: (context, category) =>
    save(
      context,
      'milestone_categories',
      'select server_save_milestone_category($1, $2, $3::jsonb) as saved',
      category,
    ),
});

const saveMilestone = defineCommand({
  name: 'save-milestone',
  summary: 'Make or change a milestone',
  input: saveMilestoneSchema,
  output: savedSchema,
  roles: staff,
  writes: true,
  run: (context, milestone) => {
    const config = milestoneConfigs[milestone.trigger_type].safeParse(milestone.trigger_config);
    if (!config.success)
      throw new AppError('INVALID_INPUT', {
        message: 'The rule does not fit its trigger.',
        details: [{ path: 'trigger_config', message: `Not a rule for ${milestone.trigger_type}.` }],
      });
    return save(context, 'milestones', 'select server_save_milestone($1, $2, $3::jsonb) as saved', {
      ...milestone,
      ...{ trigger_config: config.data },
    });
  },
});

const remove = (name: string, kind: Kind): Command<typeof deleteSchema, typeof revokedSchema> =>
  defineCommand({
    name,
    summary: 'Take a row of the catalogue out of sight; what was earned with it stays',
    input: deleteSchema,
    output: revokedSchema,
    roles: staff,
    writes: true,
    run: ({ deps, actor }, { id }) =>
      asActor(deps.people, actor, async (tx) => {
        const { rows } = await tx.query<{ gone: { name: string } | null }>(
          'select server_delete_reward($1, $2, $3) as gone',
          [deps.serverKey, kind, id],
        );
        if (!rows[0]?.gone) throw new AppError('NOT_FOUND');
        const summary = rows[0].gone.name;
        await writeAudit(tx, deps, { actor: actor.id, entity: kind, id, action: 'deleted', about: null, summary });
        return { id };
      }),
  });

export function catalogueCommands(app: FastifyInstance, deps: Deps): void {
  addCommand(app, deps, saveBadge);
  addCommand(app, deps, saveMilestoneCategory);
  addCommand(app, deps, saveMilestone);
  addCommand(app, deps, remove('delete-badge', 'badges'));
  addCommand(app, deps, remove('delete-milestone-category', 'milestone_categories'));
  addCommand(app, deps, remove('delete-milestone', 'milestones'));
}
