import { createHash } from 'node:crypto';
import type { Tx } from '../../db/sql.ts';
import type { DeviceIntroduction } from './devices.ts';
import { tellPerson } from './mail.ts';
import type { Account } from './queries.ts';
import type { Call } from './sessions.ts';

/**
 * A mail to somebody who was signed in before and now is on a device that never was. A caller that names no device is told
 * apart by address and program, so that leaving the headers out is not a way to stay unnoticed.
 */
export async function tellOfNewDevice(
  call: Call,
  tx: Tx,
  account: Pick<Account, 'id' | 'last_login_at'>,
  device: DeviceIntroduction | null,
  isNew: boolean,
): Promise<void> {
  if (!isNew || account.last_login_at === null) return;
  const name = device?.id ?? createHash('sha256').update(`${call.address}\n${call.userAgent}`).digest('hex');
  await tellPerson(call, tx, account.id, {
    template: 'new_device',
    payload: { label: device?.label ?? call.userAgent ?? 'Unnamed program', time: call.now.toISOString() },
    dedupe: `${account.id}:${name}`,
  });
}
