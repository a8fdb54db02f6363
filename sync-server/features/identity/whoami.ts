import { z } from 'zod';
import { whoamiSchema, type Whoami } from '#contract/api/identity.ts';
import { oldestPulledProtocol, protocolVersion } from '#contract/protocol.ts';
import { roles, type Role } from '#contract/roles.ts';
import { AppError } from '../../http/errors.ts';
import { defineCommand, type CommandContext } from '../../http/commands.ts';
import type { Pool } from '../../db/sql.ts';

type Facts = Pick<Whoami, 'email' | 'full_name' | 'lms_status' | 'lms_status_reason'> & {
  role: Role;
  is_temp_password: boolean;
  lease_until: string | null;
};

/** What the server holds to be true about the caller now (workflows 3.1). */
export const whoami = defineCommand({
  name: 'whoami',
  summary: 'Role, state and rights of the caller, and the server time',
  input: z.strictObject({}),
  output: whoamiSchema,
  roles,
  writes: false,
  access: 'newcomer',
  run: describeCaller,
});

const paymentCauses = ['overdue', 'unpaid', 'expired'];

async function describeCaller({ actor, session, deps, now }: CommandContext): Promise<Whoami> {
  const facts = await findFacts(deps.server, actor.id, session.deviceId);
  if (!facts) throw new AppError('AUTH_REQUIRED');
  const { is_temp_password, lease_until, ...person } = facts;
  return {
    id: actor.id,
    ...person,
    restricted: person.lms_status === 'suspended' && paymentCauses.includes(person.lms_status_reason ?? ''),
    password_required: is_temp_password,
    session_id: session.id,
    aal: session.aal,
    second_step: session.secondStep,
    device_id: session.deviceId,
    server_time: now.toISOString(),
    lease_until,
    protocol: { current: protocolVersion, oldest_pulled: oldestPulledProtocol },
  };
}

async function findFacts(server: Pool, userId: string, deviceId: string | null): Promise<Facts | null> {
  const { rows } = await server.query<Facts>(
    `select u.email::text, u.full_name, u.role, u.lms_status, u.lms_status_reason, u.is_temp_password, d.lease_until
     from users u left join devices d on d.id = $2 and d.user_id = u.id
     where u.id = $1`,
    [userId, deviceId],
  );
  return rows[0] ?? null;
}
