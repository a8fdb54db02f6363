import { setTimeout as pause } from 'node:timers/promises';
import type { Dice } from '../../sync-server/testing/oracle/world.ts';
import type { TestDatabase } from '../../sync-server/testing/test-database.ts';
import type { Device } from './device.ts';
import { askAnew, editProfile, readThread, rewriteNote } from './edits/index.ts';
import type { Ledger } from './ledger.ts';
import { insist } from './moves.ts';

/**
 * A person's profile, or one of their notes, is written on all their computers and on the server at nearly the same time, so that
 * answers to one write cross what the stream brings of another.
 */
export async function duel(
  database: TestDatabase,
  devices: readonly Device[],
  dice: Dice,
  ledger: Ledger,
): Promise<void> {
  if (devices.length > 1 && dice.chance(0.4) && (await rewriteApart(devices, dice, ledger))) return;
  const { id } = devices[0]!.person;
  if (devices.length > 1 && dice.chance(0.3)) return readApart(devices, dice, ledger);
  if (devices.length > 1 && dice.chance(0.3) && (await askApart(devices, dice, ledger))) return;
  const note = dice.chance(0.6) ? await anyNote(devices[0]!, dice) : undefined;
  const strike = (device: Device) =>
    note ? rewriteNote(device, note, dice, ledger) : editProfile(device, dice, ledger);
  for (let blows = 2 + dice.int(4); blows > 0; blows--) {
    for (const device of devices) if (dice.chance(0.7)) await strike(device);
    await pause(dice.int(40));
    // Not the name: lines of the leaderboard are made anew with it, between two looks at who may see them.
    const phone = `+9231${10_000_000 + dice.int(80_000_000)}`;
    await insist(
      async () => void (await database.server.query('update users set phone = $2 where id = $1', [id, phone])),
    );
    await pause(dice.int(15));
  }
}

/** One note is put in other words everywhere, so that one of the texts has to become a copy; false where there is no note. */
async function rewriteApart(devices: readonly Device[], dice: Dice, ledger: Ledger): Promise<boolean> {
  const note = await anyNote(devices[0]!, dice);
  if (!note) return false;
  await strikeApart(devices, (device) => rewriteNote(device, note, dice, ledger), dice);
  return true;
}

/** All of them write, one without a connection, so that none has seen the others' words. */
async function strikeApart(
  devices: readonly Device[],
  strike: (device: Device) => Promise<unknown>,
  dice: Dice,
): Promise<void> {
  const inTurn = dice.chance(0.5) ? devices : devices.toReversed();
  await withoutConnection(devices[0]!, dice, async () => {
    for (const device of inTurn) await strike(device);
  });
}

async function anyNote({ replica }: Device, dice: Dice): Promise<string | undefined> {
  const ids = (await replica!.find('lesson_notes')).map(({ id }) => id).toSorted();
  return ids.length > 0 ? dice.pick(ids) : undefined;
}

/** The same conversations are read on a computer without a connection and then on the others, whose word comes in first. */
async function readApart([first, ...others]: readonly Device[], dice: Dice, ledger: Ledger): Promise<void> {
  const threads = (await first!.replica!.find('message_threads')).map(({ id }) => id);
  const readOn = async (device: Device): Promise<void> => {
    for (const thread of threads) await readThread(device, thread, dice, ledger);
  };
  await withoutConnection(first!, dice, async () => {
    await readOn(first!);
    for (const device of others) await readOn(device);
  });
}

/** A question is put in other words on a computer without a connection and on the others; false where there is none to put. */
async function askApart([first, ...others]: readonly Device[], dice: Dice, ledger: Ledger): Promise<boolean> {
  const asked = await first!.replica!.find('support_tickets', { student_id: first!.person.id, status: 'open' });
  const [ticket] = asked
    .filter(({ first_response_at }) => !first_response_at)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  if (!ticket) return false;
  const isEarlier = dice.chance(0.5);
  await withoutConnection(first!, dice, async () => {
    if (isEarlier) await askAnew(first!, ticket.id, dice, ledger);
    for (const device of others) await askAnew(device, ticket.id, dice, ledger);
    if (!isEarlier) await askAnew(first!, ticket.id, dice, ledger);
  });
  return true;
}

async function withoutConnection({ line, replica }: Device, dice: Dice, work: () => Promise<void>): Promise<void> {
  const before = line.mode;
  line.mode = 'off';
  line.cut();
  await work();
  await pause(100 + dice.int(100));
  line.mode = before;
  replica!.syncNow();
}
