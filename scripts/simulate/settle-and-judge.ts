import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../renderer/data/store.ts';
import type { Device } from './device.ts';
import { judge, type Judgement } from './judge/index.ts';
import { letEverybodyIn } from './moves.ts';
import { trespass } from './trespass.ts';
import { look, tellTroubles, type World } from './world.ts';

/** Most time that devices get to agree once everything works again. */
const settleMs = 30_000;

/** Makes everything work again, lets the devices come to rest and judges what they and the server hold. */
export async function settleAndJudge(world: World, round: number): Promise<void> {
  const about = `round ${round}`;
  const { academy, audience, counts, devices, ledger } = world;
  await academy.complete();
  await look(world);
  await letEverybodyIn(academy.database);
  for (const device of devices) {
    device.line.mode = 'good';
    device.disk.mode = 'good';
    if (['expired', 'ended'].includes(device.session!.getState().state)) await device.signIn();
  }
  // What a device has just written is seen by its person from then on.
  await everybodyQuiet(devices);
  await look(world);
  const [address] = academy.addresses();
  const grounds = { database: academy.database, audience, address: address!, files: ledger.files };
  for (const { what, text } of await trespass(devices, grounds, round))
    world.findings.push({ what, text: `${about}: ${text}` });
  let { findings, checkedDocs, acked } = await judgeWhenQuiet(world);
  // A job of the server may have come between, and a busy machine takes its time; what is wrong stays wrong.
  const isStuck = findings.some(({ what }) => what === 'stuck');
  for (let again = 1; findings.length > 0 && again <= (isStuck ? 1 : 3); again++) {
    await pause(again * 500);
    ({ findings, checkedDocs, acked } = await judgeWhenQuiet(world));
  }
  counts.checked_docs += checkedDocs;
  counts.acked = acked;
  for (const { what, text } of findings) world.findings.push({ what, text: `${about}: ${text}` });
  tellTroubles(world, about);
}

async function judgeWhenQuiet({ academy, audience, devices, ledger, places, watched }: World): Promise<Judgement> {
  await everybodyQuiet(devices);
  return judge({
    academy,
    database: academy.database,
    devices,
    ledger,
    audience,
    places,
    watched,
    address: academy.addresses()[0]!,
    filesDir: academy.filesDir,
  });
}

/** Until every device says it is up to date; whoever does not is judged as it stands. */
export async function everybodyQuiet(devices: readonly Device[]): Promise<void> {
  const quiet = async ({ replica }: Device): Promise<void> => {
    replica!.syncNow();
    await until(
      replica!.syncState,
      ({ status, waiting }) => (status === 'uptodate' || status === 'problem') && waiting === 0,
    );
  };
  const limit = new AbortController();
  const everyone = async (): Promise<void> => {
    await Promise.all(devices.map(quiet));
    // What the last of them sent reaches the others.
    await pause(300);
    await Promise.all(devices.map(quiet));
  };
  await Promise.race([everyone(), pause(settleMs, undefined, { signal: limit.signal }).catch(() => undefined)]);
  limit.abort();
}
