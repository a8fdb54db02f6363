import { setTimeout as pause } from 'node:timers/promises';
import type { Dice } from '../../sync-server/testing/oracle/world.ts';
import type { Device } from './device.ts';
import { edit, editProfile } from './edits/index.ts';
import type { Ledger } from './ledger.ts';

/** Looks, a few milliseconds apart, for whether the change has left. */
const looks = 200;

/** A computer loses its power when what was written is in its queue and nowhere else; what waits is shown when it starts again. */
export async function crashUnshown(device: Device, dice: Dice, ledger: Ledger): Promise<void> {
  const { line } = device;
  const { mode } = line;
  line.mode = 'off';
  line.cut();
  device.disk.mode = 'queue only';
  await edit(device, dice, ledger);
  await editProfile(device, dice, ledger);
  device.disk.mode = 'good';
  await device.crash(0);
  device.line.mode = mode;
  device.replica!.syncNow();
}

/**
 * A computer loses its power when a change has left it and no answer has come: one that leaves at once, or one that had waited for a
 * connection. Before that change goes out again its person changes the same row once more.
 */
export async function crashInFlight(device: Device, dice: Dice, ledger: Ledger): Promise<void> {
  const { line } = device;
  const { mode } = line;
  device.disk.mode = 'good';
  if (dice.chance(0.3)) line.mode = 'good';
  else {
    line.mode = 'off';
    line.cut();
  }
  const left = line.sent.length;
  await editProfile(device, dice, ledger);
  line.mode = 'good';
  device.replica!.syncNow();
  for (let look = 0; line.sent.length === left && look < looks; look++) await pause(3);
  line.mode = 'off';
  await device.crash(0);
  await editProfile(device, dice, ledger);
  device.line.mode = mode;
  device.replica!.syncNow();
}
