import { setTimeout as pause } from 'node:timers/promises';
import { createDice, type Dice } from '../../sync-server/testing/oracle/world.ts';
import { orderTwice } from './commands.ts';
import { contest } from './contest.ts';
import { crashInFlight, crashUnshown } from './crash-in-flight.ts';
import type { Device } from './device.ts';
import { duel } from './duel.ts';
import { addSomething, edit, leaveDraft } from './edits/index.ts';
import { eraseSomebody } from './erasing.ts';
import { beginHistory, endTombstones } from './long-absence.ts';
import { moveScope, writeElsewhere } from './moves.ts';
import type { Step } from './script.ts';
import { deleteUnseen } from './unseen-deletion.ts';
import type { World } from './world.ts';

/** Does to the world what one line of the script says. */
export async function takeStep(world: World, step: Step): Promise<void> {
  const { academy, counts, devices, ledger } = world;
  const device = 'device' in step ? devices[step.device % devices.length]! : null;
  const dice = createDice(step.dice);
  switch (step.do) {
    case 'edit':
      if (step.dice % 8 === 0) await leaveDraft(device!, createDice(step.dice + 1), ledger);
      return edit(device!, dice, ledger);
    case 'burst':
      for (let at = 0; at < step.count; at++) await edit(device!, dice, ledger);
      return;
    case 'duel':
      if (step.dice % 3 === 0) await deleteUnseen(academy.database, devices, createDice(step.dice + 1), ledger);
      if (step.dice % 2 === 0) await contest(devices, createDice(step.dice + 1), ledger);
      return duel(academy.database, duellists(devices, device!, dice), dice, ledger);
    case 'elsewhere':
      return writeElsewhere(academy.database, world.cast, step.dice);
    case 'line':
      device!.line.mode = step.mode;
      if (step.mode === 'off') device!.line.cut();
      else device!.replica?.syncNow();
      return;
    case 'cut':
      return device!.line.cut();
    case 'disk':
      if (step.mode === 'shaky' && dice.chance(0.25)) await rebuild(device!);
      device!.disk.mode = step.mode;
      return;
    case 'clock':
      counts.clock_jumps += 1;
      return device!.setClock(step.clockMs);
    case 'close':
    case 'kill':
    case 'upgrade':
      return restart(world, device!, step);
    case 'kill server':
    case 'stop server':
      counts.kills += 1;
      return academy.restartServer(step.server, step.do === 'kill server' ? 'kill' : 'stop');
    case 'restart postgres':
      counts.kills += 1;
      // A server that finds no database as it starts is for its operator to start again.
      await academy.complete();
      return world.cluster.crash(step.dice % 2 === 0 ? 'SIGQUIT' : 'SIGKILL');
    case 'move':
      return move(world, step.dice);
    case 'order':
      return order(world, dice);
    case 'purge':
    case 'new history':
      return unheard(devices, () => missMuch(world, step));
    case 'crash in flight':
      counts.kills += 1;
      return (dice.chance(0.5) ? crashUnshown : crashInFlight)(device!, dice, ledger);
    case 'rebuild':
      await rebuild(device!);
      // What comes anew meets it.
      if (dice.chance(0.5)) device!.disk.mode = 'shaky';
      return;
    case 'wait':
      await pause(step.ms);
  }
}

/** All computers of a person: more often of one who has several, for what they write apart is what is hard to bring together. */
function duellists(devices: readonly Device[], drawn: Device, dice: Dice): readonly Device[] {
  const all = [...Map.groupBy(devices, ({ person }) => person.id).values()];
  const several = all.filter(({ length }) => length > 1);
  if (several.length > 0 && dice.chance(0.6)) return dice.pick(several);
  return all.find((theirs) => theirs.includes(drawn))!;
}

async function move(world: World, dice: number): Promise<void> {
  const carryOut = () => carryOutMove(world, dice);
  await (dice % 2 === 0 ? unheard(world.devices, carryOut) : carryOut());
}

async function carryOutMove(
  { academy, audience, cast, counts, devices, ledger, places, watched }: World,
  dice: number,
): Promise<void> {
  counts.scope_moves += 1;
  const { database } = academy;
  const people = devices.map(({ person }) => person);
  await watched.look(database);
  const isErasing = createDice(dice).chance(0.05);
  const around = (work: () => Promise<void>) => audience.around(academy, people, work);
  if (isErasing) await eraseSomebody(academy, cast, ledger, places, around);
  else await around(() => moveScope(database, cast, dice));
}

/** Who sees what may follow from it. */
const order = ({ academy, audience, cast, devices, ledger }: World, dice: Dice): Promise<void> =>
  audience.around(
    academy,
    devices.map(({ person }) => person),
    () => orderTwice(academy, cast, ledger, dice),
  );

/** Something goes that nobody hears of, and then what would have told them. */
async function missMuch(world: World, step: Step & { do: 'purge' | 'new history' }): Promise<void> {
  const { database } = world.academy;
  const people = world.devices.map(({ person }) => person.id);
  await carryOutMove(world, step.dice);
  await writeElsewhere(database, world.cast, step.dice);
  await (step.do === 'purge' ? endTombstones : beginHistory)(database, people);
}

/** The person lets the app throw away what it holds and fetch everything anew. */
async function rebuild(device: Device): Promise<void> {
  try {
    await device.here(() => device.replica!.rebuild());
  } catch (error) {
    // A screen says so; what is left is put right by what comes.
    if (device.disk.mode === 'good') throw error;
  }
}

/** Nobody is connected meanwhile, so that all of it reaches them at once. */
async function unheard(devices: readonly Device[], work: () => Promise<void>): Promise<void> {
  const lines = devices.map(({ line }) => ({ line, mode: line.mode }));
  for (const { line } of lines) {
    line.mode = 'off';
    line.cut();
  }
  await work();
  for (const { line, mode } of lines) line.mode = mode;
  for (const { replica } of devices) replica?.syncNow();
}

async function restart(
  { counts, ledger }: World,
  device: Device,
  step: Step & { do: 'close' | 'kill' | 'upgrade' },
): Promise<void> {
  // An app starts on a disk that works; it cannot open its databases on another.
  device.disk.mode = 'good';
  if (step.clockMs !== 0) counts.clock_jumps += 1;
  // In the middle of a write: whether it is there afterwards, its promise tells.
  void addSomething(device, createDice(step.dice), ledger).catch(() => undefined);
  if (step.dice % 2 === 0) await pause(step.dice % 5);
  if (step.do === 'upgrade') return device.upgrade();
  if (step.do === 'close') return device.restart(step.clockMs);
  counts.kills += 1;
  return device.crash(step.clockMs);
}
