import {
  deleteTemplateSchema,
  saveTemplateSchema,
  templateDeletedSchema,
  templateSavedSchema,
} from '#contract/api/settings.ts';
import type { z } from 'zod';
import type { Actor, Role } from '#contract/roles.ts';
import { asActor } from '../../db/as-actor.ts';
import type { Deps } from '../../deps.ts';
import { defineCommand } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { writeAudit } from '../people/index.ts';
import { diff } from './diff.ts';

const staff: Role[] = ['admin', 'superadmin'];
type State = Record<string, unknown> & { id: string; v: string; key: string };
type Template = z.output<typeof saveTemplateSchema>;

/** Names in braces that a text uses and the template does not know. */
export const unknownVariables = ({ title_md, body_md, variables }: Template): string[] => [
  ...new Set(
    [...`${title_md}\n${body_md}`.matchAll(/\{([^{}]*)\}/g)]
      .map((match) => match[1]!)
      .filter((name) => !variables.includes(name)),
  ),
];

export const saveTemplate = defineCommand({
  name: 'save-notification-template',
  summary: 'Make or change the text of a notification',
  input: saveTemplateSchema,
  output: templateSavedSchema,
  roles: staff,
  writes: true,
  run: ({ deps, actor }, template) => storeTemplate(deps, actor, template),
});

/** Stores a template as this person, with revision and trail; one whose text could not be filled cannot be active. */
export async function storeTemplate(
  deps: Deps,
  actor: Actor,
  template: Template,
): Promise<{ id: string; revision: string }> {
  const unknown = unknownVariables(template);
  if (template.active && unknown.length > 0)
    throw new AppError('INVALID_INPUT', {
      message: `The text names what nobody fills in: ${unknown.join(', ')}.`,
      details: unknown.map((name) => ({ path: 'body_md', message: name })),
    });
  const { id: known, ...row } = template;
  try {
    return await asActor(deps.people, actor, async (tx) => {
      const { rows } = await tx.query<{ change: { before: State | null; after: State } | null }>(
        'select server_save_template($1, $2, $3::jsonb, $4) as change',
        [deps.serverKey, known ?? null, JSON.stringify(row), actor.id],
      );
      const change = rows[0]?.change;
      if (!change) throw new AppError('NOT_FOUND');
      const changed = diff(change.before ?? {}, change.after);
      await writeAudit(tx, deps, {
        actor: actor.id,
        entity: 'notification_templates',
        id: change.after.id,
        action: change.before ? 'template_updated' : 'template_created',
        about: null,
        summary: change.after.key,
        data: { before: changed.before, after: changed.after },
      });
      return { id: change.after.id, revision: change.after.v };
    });
  } catch (error) {
    if ((error as { code?: string }).code === '23505')
      throw new AppError('CONFLICT', { message: 'There is a template of this key, channel and language.' });
    throw error;
  }
}

export const deleteTemplate = defineCommand({
  name: 'delete-notification-template',
  summary: 'Take a template out of use: what it was for is no longer said',
  input: deleteTemplateSchema,
  output: templateDeletedSchema,
  roles: staff,
  writes: true,
  run: ({ deps, actor }, { id }) =>
    asActor(deps.people, actor, async (tx) => {
      const { rows } = await tx.query<{ gone: State | null }>('select server_delete_template($1, $2, $3) as gone', [
        deps.serverKey,
        id,
        actor.id,
      ]);
      if (!rows[0]?.gone) throw new AppError('NOT_FOUND');
      const summary = rows[0].gone.key;
      const entity = 'notification_templates';
      await writeAudit(tx, deps, { actor: actor.id, entity, id, action: 'template_deleted', about: null, summary });
      return { id };
    }),
});
