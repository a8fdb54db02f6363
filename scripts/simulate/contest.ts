import { setTimeout as pause } from 'node:timers/promises';
import type { Dice } from '../../sync-server/testing/oracle/world.ts';
import type { Device } from './device.ts';
import { settleWork } from './edits/index.ts';
import type { Ledger } from './ledger.ts';

/**
 * One attempt is decided on by everybody who has it, and taken back by its student, while none of them hears of the others, if
 * any waits on two computers.
 */
export async function contest(devices: readonly Device[], dice: Dice, ledger: Ledger): Promise<void> {
  const holders = new Map<string, Device[]>();
  for (const device of devices)
    for (const { id } of await device.replica!.find('submissions', { status: 'pending' }))
      holders.set(id, [...(holders.get(id) ?? []), device]);
  const contested = [...holders].filter(([, those]) => those.length > 1).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (contested.length === 0) return;
  const [attempt, those] = dice.pick(contested);
  const modes = those.map(({ line }) => line.mode);
  for (const { line } of those) {
    line.mode = 'off';
    line.cut();
  }
  for (const device of those) await settleWork(device, attempt, dice, ledger);
  await pause(dice.int(100));
  // Some at the same time, some after the others have their answer.
  const apart = dice.chance(0.5);
  for (const [at, { line, replica }] of those.entries()) {
    line.mode = modes[at]!;
    replica!.syncNow();
    if (apart) await pause(30 + dice.int(100));
  }
}
