import { setTimeout as pause } from 'node:timers/promises';
import type { Dice } from '../../sync-server/testing/oracle/world.ts';
import type { TestDatabase } from '../../sync-server/testing/test-database.ts';
import type { Device } from './device.ts';
import { dropKept, keepReply } from './edits/index.ts';
import type { Ledger } from './ledger.ts';
import { insist } from './moves.ts';

/** Looks, a few milliseconds apart, for whether what was kept is on the server. */
const looks = 50;

/** A saved reply is deleted on a computer that has not heard of its change elsewhere, if anybody keeps any. */
export async function deleteUnseen(
  { server }: TestDatabase,
  devices: readonly Device[],
  dice: Dice,
  ledger: Ledger,
): Promise<void> {
  const first = dice.int(devices.length);
  let device: Device | undefined;
  for (const one of [...devices.slice(first), ...devices.slice(0, first)])
    if (!device && (await keepReply(one, dice, ledger))) device = one;
  if (!device) return;
  const { line } = device;
  const { mode } = line;
  line.mode = 'good';
  device.replica!.syncNow();
  const mine = (await device.replica!.find('saved_replies', { owner_id: device.person.id })).map(({ id }) => id);
  const change = () =>
    server.query<{ id: string; v: string }>(
      `with held as (select id, v from saved_replies where id = any($1) and not is_deleted order by id limit 1 for update)
       update saved_replies r set title = 'Seldom ' || clock_timestamp() from held where r.id = held.id returning r.id, held.v`,
      [mine],
    );
  const isThere = async (): Promise<boolean> =>
    (await server.query('select from saved_replies where id = any($1) and not is_deleted', [mine])).rowCount! > 0;
  for (let look = 0; look < looks && !(await insist(isThere)); look++) await pause(10);
  line.mode = 'off';
  line.cut();
  const { rows } = await insist(change);
  for (const { id, v } of rows) {
    ledger.outdated.add(v);
    await dropKept(device, id, dice, ledger);
  }
  line.mode = mode;
  device.replica!.syncNow();
}
