import type { Feature } from '../../deps.ts';
import { addCommand } from '../../http/commands.ts';
import { publicCompanyRoute } from './public-company.ts';
import { restoreSettings } from './restore-settings.ts';
import { deleteTemplate, saveTemplate } from './template-commands.ts';
import { updateCompanySettings } from './update-company-settings.ts';

/** The company's settings, branding and banner, and the texts of notifications. */
export const settings: Feature = {
  name: 'settings',
  routes: (app, deps) => {
    addCommand(app, deps, updateCompanySettings);
    addCommand(app, deps, restoreSettings);
    addCommand(app, deps, saveTemplate);
    addCommand(app, deps, deleteTemplate);
    publicCompanyRoute(app, deps);
  },
};
