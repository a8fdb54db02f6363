import { revokeDeviceRequestSchema, revokeDeviceResponseSchema } from '#contract/api/identity.ts';
import { roles } from '#contract/roles.ts';
import { asServer } from '../../db/as-actor.ts';
import { defineCommand } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { audit } from './queries.ts';

/**
 * Signs one of the caller's own devices out (screens S18). Its sessions end at once, what it holds is wiped at its next
 * contact, and signing in there again takes the password. A device of somebody else is answered like one that does not exist.
 */
export const revokeDevice = defineCommand({
  name: 'revoke-device',
  summary: 'Sign one of your devices out',
  input: revokeDeviceRequestSchema,
  output: revokeDeviceResponseSchema,
  roles,
  writes: true,
  run: async ({ deps, actor, now, requestId }, { device_id }) =>
    asServer(deps.server, async (tx) => {
      const { rows } = await tx.query<{ revoked_at: string }>(
        `update devices set revoked_at = coalesce(revoked_at, $3)
         where id = $1 and user_id = $2 and not is_deleted returning revoked_at`,
        [device_id, actor.id, now],
      );
      const device = rows[0];
      if (!device) throw new AppError('NOT_FOUND');
      await tx.query('select server_request_wipe($1, $2, $3)', [deps.serverKey, actor.id, device_id]);
      const ended = await tx.query(
        'update auth_sessions set revoked_at = $2 where device_id = $1 and revoked_at is null',
        [device_id, now],
      );
      const entry = { action: 'device_revoked', targetUserId: actor.id, performedBy: actor.id, data: { device_id } };
      await audit(tx, { ...entry, requestId, address: null });
      return { device_id, revoked_at: device.revoked_at, ended: ended.rowCount ?? 0 };
    }),
});
