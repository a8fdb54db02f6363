import { naturalId } from '#contract/natural-id.ts';
import type { At, TableCases } from './format.ts';

const everybody = ['student', 'mentor', 'enrollment_manager', 'admin', 'superadmin'] as const;
const settingsOf = ({ me, stage }: At) =>
  stage.rows('insert into notification_settings (id, user_id) values ($1, $2) on conflict do nothing', [
    naturalId('notification_settings', me.id),
    me.id,
  ]);

/** Messages of the server to a person, and what the person wants to hear (data model 2.4). */
export const company: readonly TableCases[] = [
  {
    table: 'notifications',
    update: [
      {
        roles: everybody,
        columns: 'read_at dismissed_at',
        rows: 't.user_id = $1',
        set: () => ({ read_at: new Date().toISOString() }),
        pushed: ({ me, stage }) =>
          stage.insert('notifications', {
            user_id: me.id,
            type: 'welcome',
            title: 'Welcome',
            body: 'Hello',
            status: 'sent',
          }),
      },
    ],
  },
  {
    table: 'notification_settings',
    insert: [
      {
        roles: everybody,
        columns: 'id user_id mutes email_digest quiet_hours whatsapp_opt_in',
        row: async ({ me, stage }) => {
          await stage.rows('delete from notification_settings where user_id = $1', [me.id]);
          return { id: naturalId('notification_settings', me.id), user_id: me.id, mutes: {} };
        },
        refused: {
          'of somebody else': async (row, { me, stage }) => {
            const user_id = stage.somebodyElse(me).id;
            await stage.rows('delete from notification_settings where user_id = $1', [user_id]);
            return { ...row, user_id, id: naturalId('notification_settings', user_id) };
          },
        },
        refusedByGuard: { 'silence about invoices': (row) => ({ ...row, mutes: { invoice_issued: true } }) },
      },
    ],
    update: [
      {
        roles: everybody,
        columns: 'mutes email_digest quiet_hours whatsapp_opt_in',
        rows: 't.user_id = $1',
        set: () => ({ quiet_hours: { from: '22:00', to: '07:00' } }),
        given: settingsOf,
      },
    ],
  },
  {
    table: 'sync_rejections',
    update: [
      {
        roles: everybody,
        columns: 'acknowledged_at',
        rows: 't.user_id = $1',
        set: () => ({ acknowledged_at: new Date().toISOString() }),
        pushed: ({ me, stage }) =>
          stage.insert('sync_rejections', {
            user_id: me.id,
            collection: 'lesson_notes',
            doc_id: 'x',
            code: 'invalid',
            message: 'Not understood',
          }),
      },
    ],
  },
];
