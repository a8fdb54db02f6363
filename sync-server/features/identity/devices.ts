import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { deviceHeaders } from '#contract/api/identity.ts';
import type { Tx } from '../../db/sql.ts';

/** How a device introduced itself in the headers of its sign-in. */
export type DeviceIntroduction = { id: string; label: string; platform: string; appVersion: string | null };

const deviceId = z.uuid();
const printable = (text: unknown, length: number): string =>
  typeof text === 'string'
    ? text
        .replace(/[^\p{L}\p{N}\p{P}\p{Zs}\p{S}]/gu, '')
        .trim()
        .slice(0, length)
    : '';

/** Headers carry ASCII only, so a label may come percent-encoded. */
function decode(header: string | string[] | undefined): string | undefined {
  if (typeof header !== 'string') return undefined;
  try {
    return decodeURIComponent(header);
  } catch {
    // Not percent-encoded after all: a plain label with a percent sign in it.
    return header;
  }
}

/** The label of a device that named none. */
const unnamed = 'Unnamed device';

/** The device in the request's headers, null where the caller names none. */
export function readDevice({ headers }: FastifyRequest): DeviceIntroduction | null {
  const id = deviceId.safeParse(headers[deviceHeaders.id]);
  if (!id.success) return null;
  return {
    id: id.data.toLowerCase(),
    label: printable(decode(headers[deviceHeaders.label]), 80) || unnamed,
    platform: printable(headers[deviceHeaders.platform], 40) || 'unknown',
    appVersion: printable(headers[deviceHeaders.appVersion], 40) || null,
  };
}

/** The device's row, and whether it was made just now. */
export type RegisteredDevice = { id: string; isNew: boolean };

/**
 * Makes or refreshes the device's row and answers it; it keeps the name it has, for its person may have given it. null when the id belongs to somebody else, whose row stays as it
 * is. A device that was signed out from afar may sign in again with the right password: its older sessions end first, so
 * that none of them comes back to life.
 */
export async function registerDevice(
  tx: Tx,
  userId: string,
  device: DeviceIntroduction,
  now: Date,
): Promise<RegisteredDevice | null> {
  await tx.query(
    `update auth_sessions s set revoked_at = $3 from devices d
     where d.id = $1 and d.user_id = $2 and d.revoked_at is not null and s.device_id = d.id and s.revoked_at is null`,
    [device.id, userId, now],
  );
  const { rows } = await tx.query<{ id: string; is_new: boolean }>(
    `insert into devices as d (id, user_id, label, platform, app_version, registered_at) values ($1, $2, $3, $4, $5, $6)
     on conflict (id) do update set label = case d.label when $7 then excluded.label else d.label end, platform = excluded.platform, app_version = excluded.app_version,
       registered_at = case when d.revoked_at is null then d.registered_at else excluded.registered_at end, revoked_at = null
       where d.user_id = $2
     returning id, xmax = 0 as is_new`,
    [device.id, userId, device.label, device.platform, device.appVersion, now, unnamed],
  );
  return rows[0] ? { id: rows[0].id, isNew: rows[0].is_new } : null;
}
