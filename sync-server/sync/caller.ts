import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { deviceKeyHeader, deviceKeySchema } from '#contract/api/wipe.ts';
import {
  oldestPulledProtocol,
  oldestPulledSchema,
  protocolVersion,
  schemaVersion,
  syncHeaders,
  type VersionGap,
} from '#contract/protocol.ts';
import type { Actor } from '#contract/roles.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../http/errors.ts';
import type { DeviceState } from '../http/live-session.ts';
import { wipeKeyOf } from './device-keys.ts';

/** Who syncs: the person of the token and the device that the session was opened on. */
export type Caller = {
  actor: Actor;
  sessionId: string;
  /** End of the access token, seconds since 1970. */
  exp: number;
  /** The device's row; null when the session was opened without one. */
  deviceId: string | null;
  /** The key of the device's local data, as the device names it; null where it names none. */
  deviceKey: string | null;
  /** What checkpoints are bound to: the device as it names itself, else the session. */
  boundTo: string;
  requestId: string;
  /** The address the request came from; null where there was none. */
  address: string | null;
  /** Resolves when the session stands; nothing is written or answered before. To the state of its device where that came along. */
  confirmed: Promise<DeviceState | null>;
};

/** Most routes begin when it does. */
const alreadyConfirmed = Promise.resolve(null);

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
    deviceKey: deviceKeySchema.safeParse(request.headers[deviceKeyHeader]).data ?? null,
    boundTo: typeof named === 'string' ? named : session.id,
    requestId: request.id,
    address: request.ip,
    confirmed: request.confirmed ?? alreadyConfirmed,
  };
}

/** Devices outside the ranges are told to update; their pushes stay accepted, so that no work is stranded. */
export function requireVersions(request: FastifyRequest): void {
  requireWithin('protocol', request.headers[syncHeaders.protocol], oldestPulledProtocol, protocolVersion);
  // The first apps did not say it.
  requireWithin('schema', request.headers[syncHeaders.schema] ?? '1', oldestPulledSchema, schemaVersion);
}

function requireWithin(version: VersionGap['version'], said: unknown, oldest: number, newest: number): void {
  const spoken = typeof said === 'string' && /^\d{1,9}$/.test(said) ? Number(said) : 0;
  if (spoken >= oldest && spoken <= newest) return;
  const behind = spoken > newest ? 'server' : 'app';
  const details: VersionGap = { version, oldest, newest, behind };
  throw new AppError('UPGRADE_REQUIRED', {
    message: behind === 'app' ? 'This app is too old: please update it.' : 'This server is older than the app.',
    details,
  });
}

/** Being seen more often than this is not written down: each time the device's row travels to the person's devices. */
const restampMs = 60_000;

type DeviceRow = { last_sync_at: string | null; lease_until: string; public_key: string | null; wipe_due: boolean };

/**
 * Notes that the device was here. `previous`: its last sync before, null where there was none. A device that was told to forget gets
 * WIPE_DUE and no row, unless it shows another key than the one of then: only that tells that its data is other data.
 */
export async function touchDevice(
  deps: Deps,
  caller: Caller,
  now: Date,
): Promise<{ previous: Date | null; leaseUntil: string }> {
  const { leaseUntil, ...device } = await readDevice(deps, caller, now);
  return { previous: await note(deps, caller, device, now), leaseUntil };
}

/** The same for a push, which is told nothing of the lease, and whose session's answer told of the device. Answers `previous`. */
export async function touchKnownDevice(deps: Deps, caller: Caller, now: Date): Promise<Date | null> {
  return note(deps, caller, (await caller.confirmed) ?? (await readDevice(deps, caller, now)), now);
}

async function readDevice(
  { server }: Deps,
  { actor, deviceId }: Caller,
  now: Date,
): Promise<DeviceState & { leaseUntil: string }> {
  const { rows } = await server.query<DeviceRow>({
    name: 'sync-lease',
    text: `select d.last_sync_at, sync_lease_until($1, $3) as lease_until, d.public_key,
                  coalesce(d.wipe_requested_at is not null and d.wiped_at is null, false) as wipe_due
           from (select 1) as one left join devices d on d.id = $2 and d.user_id = $1`,
    values: [actor.id, deviceId, now],
  });
  const { last_sync_at: last, lease_until, public_key, wipe_due } = rows[0]!;
  const lastSyncAt = last === null ? null : new Date(last);
  return { lastSyncAt, publicKey: public_key, wipeDue: wipe_due, leaseUntil: lease_until };
}

async function note(
  { server, serverKey }: Deps,
  { actor, deviceId, deviceKey }: Caller,
  { lastSyncAt, publicKey, wipeDue }: DeviceState,
  now: Date,
): Promise<Date | null> {
  if (wipeDue && (deviceKey === null || deviceKey === publicKey))
    throw new AppError('WIPE_DUE', { details: { wipe_key: await wipeKeyOf(server) } });
  if (deviceId !== null && deviceKey !== null && deviceKey !== publicKey)
    await server.query('select server_know_device_key($1, $2, $3, $4, $5)', [
      serverKey,
      actor.id,
      deviceId,
      deviceKey,
      now,
    ]);
  if (deviceId !== null && (lastSyncAt === null || now.getTime() - lastSyncAt.getTime() > restampMs)) {
    // Waits for the disk like all that publishes: the number of a transaction that a crash forgets is given to another (`sync_snapshot`).
    await server.query({
      name: 'sync-touch',
      text: 'select server_touch_device($1, $2, $3, $4, lease => sync_lease_until($2, $4))',
      values: [serverKey, actor.id, deviceId, now],
    });
  }
  return lastSyncAt;
}
