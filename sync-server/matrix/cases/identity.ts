import type { CommandCase } from './format.ts';

const inAMonth = () => new Date(Date.now() + 30 * 86_400_000).toISOString();

/** Commands on sign-ins and second factors. */
export const identityCommands: readonly CommandCase[] = [
  {
    name: 'revoke-session',
    input: async ({ me, stage }) => ({
      session_id: await stage.insert('auth_sessions', { user_id: me.id, not_after: inAMonth() }),
    }),
  },
  {
    name: 'revoke-user-sessions',
    input: async ({ me, stage }) => {
      const user_id = stage.somebodyElse(me).id;
      const session_id = await stage.insert('auth_sessions', { user_id, not_after: inAMonth() });
      return { user_id, session_id, reason: 'A lost phone' };
    },
  },
  {
    name: 'remove-user-factors',
    input: async ({ me, stage }) => {
      const user_id = stage.somebodyElse(me, 'enrollment_manager').id;
      await stage.insert('mfa_factors', { user_id, factor_type: 'totp', secret_enc: 'sealed', status: 'verified' });
      return { user_id, reason: 'A lost phone' };
    },
  },
  {
    name: 'set-security-settings',
    input: async ({ stage }) => {
      const [{ limit } = { limit: 0 }] = await stage.rows<{ limit: number }>(
        'select student_device_limit as "limit" from company_settings',
      );
      return { student_device_limit: (limit % 20) + 1 };
    },
  },
];
