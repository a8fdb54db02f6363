import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { oldestPulledProtocol, protocolVersion, syncHeaders } from '#contract/protocol.ts';
import type { Actor } from '#contract/roles.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../http/errors.ts';

/** Who syncs: the person of the token and the device that the session was opened on. */
export type Caller = {
  actor: Actor;
  sessionId: string;
  /** End of the access token, seconds since 1970. */
  exp: number;
  /** The device's row; null when the session was opened without one. */
  deviceId: string | null;
  /** What checkpoints are bound to: the device as it names itself, else the session. */
  boundTo: string;
  requestId: string;
  /** The address the request came from; null where there was none. */
  address: string | null;
};

const uuid = z.uuid();

/** A device id counts only for the session that was opened on it, so one person's queue is never pushed under another's name. */
export function readCaller(request: FastifyRequest): Caller {
  const { actor, session } = request;
  const named = request.headers[syncHeaders.device];
  if (named !== undefined && !uuid.safeParse(named).success) {
    throw new AppError('INVALID_INPUT', { details: { header: syncHeaders.device } });
  }
  if (session.deviceId !== null && named !== session.deviceId) {
    throw new AppError('PERMISSION_DENIED', { message: 'This session belongs to another device.' });
  }
  return {
    actor,
    sessionId: session.id,
    exp: session.exp,
    deviceId: session.deviceId,
    boundTo: typeof named === 'string' ? named : session.id,
    requestId: request.id,
    address: request.ip,
  };
}

/** Devices outside the pulled range are told to update; their pushes stay accepted, so that no work is stranded. */
export function requireProtocol(request: FastifyRequest): void {
  const spoken = Number(request.headers[syncHeaders.protocol]);
  if (Number.isInteger(spoken) && spoken >= oldestPulledProtocol && spoken <= protocolVersion) return;
  throw new AppError('UPGRADE_REQUIRED', { details: { oldest: oldestPulledProtocol, newest: protocolVersion } });
}

/** Being seen more often than this is not written down: each time the device's row travels to the person's devices. */
const restampMs = 60_000;

/** Notes that the device was here. `previous`: its last sync before, null where there was none. */
export async function touchDevice(
  { server, serverKey }: Deps,
  { actor, deviceId }: Caller,
  now: Date,
): Promise<{ previous: Date | null; leaseUntil: string }> {
  const { rows } = await server.query<{ previous: string | null; lease_until: string }>({
    name: 'sync-lease',
    text: `select (select last_sync_at from devices where id = $2 and user_id = $1) as previous,
                  sync_lease_until($1, $3) as lease_until`,
    values: [actor.id, deviceId, now],
  });
  const { previous, lease_until } = rows[0]!;
  const last = previous === null ? null : new Date(previous);
  if (deviceId !== null && (last === null || now.getTime() - last.getTime() > restampMs)) {
    // Not waited for until it is on disk, for which a thousand devices that come back at once would stand in line: whoever is
    // forgotten in a crash is noted a minute later.
    await server.query({
      name: 'sync-touch',
      text: "select set_config('synchronous_commit', 'off', true), server_touch_device($1, $2, $3, $4, lease => $5)",
      values: [serverKey, actor.id, deviceId, now, lease_until],
    });
  }
  return { previous: last, leaseUntil: lease_until };
}
