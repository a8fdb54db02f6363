import { randomUUID } from 'node:crypto';
import type { Pool } from '../../../../sync-server/db/sql.ts';
import { signAccessToken } from '../../../../sync-server/http/access-token.ts';
import { createSigningKeys } from '../../../../sync-server/http/signing-keys.ts';
import { insertRows } from '../../../../sync-server/seed/insert-rows.ts';

/** A student's device that is signed in, and where its replica stands. */
export type Device = { userId: string; deviceId: string; token: string; checkpoint: string | null };

/**
 * So many students, each with one device and one session. They are written and their tokens signed here: a thousand sign-ins
 * would measure argon2.
 */
export async function gather(server: Pool, count: number, name: string): Promise<Device[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  const numbers = Array.from({ length: count }, (_, at) => at + 1);
  await insertRows(
    server,
    'users',
    ids.map((id, at) => ({
      id,
      email: `${name}-${numbers[at]}@crowd.test`,
      full_name: `${name} ${numbers[at]}`,
      role: 'student',
      status: 'active',
      lms_status: 'active',
      is_temp_password: false,
    })),
  );
  const { rows } = await server.query<{ known: number }>('select count(*)::int as known from students');
  const { known } = rows[0]!;
  await insertRows(
    server,
    'students',
    ids.map((id, at) => ({ id, student_number: `STU${String(known + at + 1).padStart(6, '0')}`, fees_cleared: true })),
  );
  const devices = await insertRows(
    server,
    'devices',
    ids.map((user_id) => ({ user_id, label: 'Crowd', platform: 'linux' })),
  );
  const sessions = await insertRows(
    server,
    'auth_sessions',
    ids.map((user_id, at) => ({ user_id, device_id: devices[at], not_after: '2999-01-01T00:00:00Z' })),
  );
  const crowd = ids.map((userId, at) => ({ userId, deviceId: devices[at]!, session: sessions[at]! }));
  const keys = createSigningKeys(server);
  const now = new Date();
  return Promise.all(
    crowd.map(async ({ userId, deviceId, session }) => ({
      userId,
      deviceId,
      token: (await signAccessToken(keys, { sub: userId, session_id: session, aal: 'aal1' }, now)).token,
      checkpoint: null,
    })),
  );
}

/** Everything each may see, once, a few at a time: where their replicas stand from now on. */
export async function pullAll(url: string, crowd: readonly Device[], parallel = 8): Promise<void> {
  const queue = [...crowd];
  const worker = async (): Promise<void> => {
    for (let device = queue.pop(); device; device = queue.pop()) device.checkpoint = await pullOnce(url, device);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}

/** One pull from where the device stands; answers its new checkpoint. */
export async function pullOnce(url: string, device: Device): Promise<string> {
  const response = await fetch(`${url}/sync/v1/pull`, {
    method: 'POST',
    headers: headersOf(device),
    body: JSON.stringify({ checkpoint: device.checkpoint }),
  });
  const text = await response.text();
  const found = /"cp":"([^"]+)"/.exec(text);
  if (!response.ok || !found) throw new Error(`a pull failed: ${text.slice(0, 300)}`);
  return found[1]!;
}

export const headersOf = ({ token, deviceId }: Device): Record<string, string> => ({
  authorization: `Bearer ${token}`,
  'x-device-id': deviceId,
  'sync-protocol': '1',
  'content-type': 'application/json',
});
