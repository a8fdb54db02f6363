import {
  companySettingFields,
  restoreSettingsSchema,
  saveTemplateSchema,
  settingsSavedSchema,
  updateCompanySettingsSchema,
} from '#contract/api/settings.ts';
import { asActor } from '../../db/as-actor.ts';
import { defineCommand } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { storeTemplate } from './template-commands.ts';
import { changeCompany } from './update-company-settings.ts';

type Revision = { entity: string; entity_id: string; before: Record<string, unknown> };

/** Brings back what a setting was. Which revisions somebody may see is the database's answer; a rollback can be rolled back. */
export const restoreSettings = defineCommand({
  name: 'restore-settings',
  summary: 'Go back to an earlier state of settings or of a template',
  input: restoreSettingsSchema,
  output: settingsSavedSchema,
  roles: ['admin', 'superadmin'],
  writes: true,
  run: async ({ deps, actor }, { revision_id }) => {
    const { rows } = await asActor(deps.people, actor, (tx) =>
      tx.query<Revision>('select entity, entity_id, before from settings_revisions where id = $1', [revision_id]),
    );
    const revision = rows[0];
    if (!revision) throw new AppError('NOT_FOUND');
    const { id: _, ...before } = revision.before;
    if (revision.entity === 'company_settings') {
      const known = Object.entries(before).filter(([field]) => companySettingFields.includes(field));
      const settings = updateCompanySettingsSchema.shape.settings.safeParse(Object.fromEntries(known));
      // A state of before a rule existed may not fit it; nothing is brought back by halves.
      if (!settings.success)
        throw new AppError('CONFLICT', { message: 'That state no longer fits the rules of today.' });
      return changeCompany(deps, actor, settings.data, { seen: null, action: 'settings_restored' });
    }
    if (revision.entity === 'notification_templates') {
      const { company_id: __, ...text } = before;
      return storeTemplate(deps, actor, saveTemplateSchema.parse({ ...text, id: revision.entity_id }));
    }
    throw new AppError('NOT_FOUND', { message: 'These settings are restored elsewhere.' });
  },
});
