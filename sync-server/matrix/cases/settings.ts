import { randomUUID } from 'node:crypto';
import type { At, CommandCase } from './format.ts';

const key = () => `matrix_${randomUUID().replaceAll('-', '').slice(0, 20)}`;
const text = () => ({ key: key(), title_md: 'Hello', body_md: 'Good morning' });
const template = ({ stage }: At) => stage.insert('notification_templates', text());

/** Settings, texts and jobs (workflows 3.35, 3.36, 3.41). */
export const settingsCommands: readonly CommandCase[] = [
  {
    name: 'update-company-settings',
    input: () => ({ settings: { onboarding_pointers: [`Bring a pen ${randomUUID()}`] } }),
  },
  {
    // What admins may bring back is a text.
    name: 'restore-settings',
    input: async (at) => {
      const id = await template(at);
      const [row] = await at.stage.rows<{ row: object }>(
        `select jsonb_build_object('key', key, 'channel', channel, 'language', language, 'title_md', 'As it was', 'body_md', body_md,
           'variables', '[]'::jsonb, 'active', true) as row from notification_templates where id = $1`,
        [id],
      );
      const revision_id = await at.stage.insert('settings_revisions', {
        entity: 'notification_templates',
        entity_id: id,
        before: { ...row!.row },
      });
      return { revision_id };
    },
  },
  {
    name: 'restore-settings',
    roles: ['superadmin'],
    input: async ({ stage }) => {
      const [company] = await stage.rows<{ id: string }>('select id from company_settings');
      const revision_id = await stage.insert('settings_revisions', {
        entity: 'company_settings',
        entity_id: company!.id,
        before: { onboarding_pointers: [`As it was ${randomUUID()}`] },
      });
      return { revision_id };
    },
  },
  { name: 'save-notification-template', input: text },
  { name: 'save-notification-template', input: async (at) => ({ id: await template(at), ...text() }) },
  { name: 'delete-notification-template', input: async (at) => ({ id: await template(at) }) },
  {
    name: 'resend-mail',
    input: async ({ stage }) => ({
      mail_id: await stage.insert('email_queue', {
        user_id: stage.person('student').id,
        template_key: 'welcome',
        recipient_email: 'somebody@example.test',
        recipient_name: 'Somebody',
        status: 'failed',
        dedupe_key: randomUUID(),
      }),
    }),
  },
  { name: 'run-job', input: () => ({ job: 'rewards.build-leaderboard', dry_run: true }) },
];
