import { securitySettingsAnswerSchema, securitySettingsSchema } from '#contract/api/sign-ins.ts';
import { asServer } from '../../db/as-actor.ts';
import { defineCommand } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';

/**
 * What the academy asks of sign-ins. Whoever makes a second step everybody's duty has given one in this very session, so that
 * nobody locks the academy's last key inside.
 */
export const setSecuritySettings = defineCommand({
  name: 'set-security-settings',
  summary: 'What the academy asks of sign-ins',
  input: securitySettingsSchema,
  output: securitySettingsAnswerSchema,
  roles: ['superadmin'],
  writes: true,
  privileged: true,
  run: async ({ deps, actor, session, now, requestId }, wanted) => {
    if (wanted.staff_mfa_required && session.aal === 'aal1')
      throw new AppError('CONFLICT', {
        message: 'Set up your own second factor first.',
        details: { reason: 'own_factor_missing' },
      });
    return asServer(deps.server, async (tx) => {
      const before = await tx.query(
        'select staff_mfa_required, student_device_limit from company_settings for no key update',
      );
      const after = await tx.query<{ staff_mfa_required: boolean; student_device_limit: number }>(
        `update company_settings set staff_mfa_required = coalesce($1, staff_mfa_required),
           student_device_limit = coalesce($2, student_device_limit)
         returning staff_mfa_required, student_device_limit`,
        [wanted.staff_mfa_required ?? null, wanted.student_device_limit ?? null],
      );
      if (!after.rows[0]) throw new AppError('NOT_FOUND', { message: 'The academy has no settings yet.' });
      // Who has not given one signs in again, and sets a factor up on the way.
      if (wanted.staff_mfa_required)
        await tx.query(
          `update auth_sessions s set revoked_at = $1 from users u
           where u.id = s.user_id and u.role in ('admin', 'superadmin') and s.aal = 'aal1' and s.revoked_at is null`,
          [now],
        );
      await tx.query(
        `insert into admin_logs (entity_type, action, performed_by, data, request_id)
         values ('company_settings', 'security_settings_changed', $1, $2, $3)`,
        [actor.id, JSON.stringify({ before: before.rows[0], after: after.rows[0] }), requestId],
      );
      return after.rows[0];
    });
  },
});
