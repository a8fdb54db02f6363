import type { Deps } from '../deps.ts';
import type { Caller } from './caller.ts';
import { touchDevice } from './caller.ts';
import { sealCheckpoint } from './checkpoint.ts';
import { inSnapshot, sendChanges, usableCheckpoint, type Send } from './delta.ts';
import { wipeKeyOf } from './device-keys.ts';
import { signAnchor } from './evidence.ts';
import { checkpointText, helloFields, line } from './frames.ts';
import { sendFullSet } from './full-set.ts';

/**
 * One complete catch-up: hello, reset where the checkpoint means nothing here, the changes, and the new checkpoint. Answers the
 * snapshot it ends at. Pulls and streams both begin with it.
 */
export async function catchUp(deps: Deps, caller: Caller, sealed: string | null, send: Send): Promise<string> {
  const now = deps.clock.now();
  const { leaseUntil, previous } = await touchDevice(deps, caller, now);
  if (sealed !== null && previous) deps.metrics.checkpointAge.observe((now.getTime() - previous.getTime()) / 1000);
  const anchor = caller.deviceId === null ? null : await signAnchor(deps, caller.actor.id, caller.deviceId, now);
  const wipeKey = await wipeKeyOf(deps.server);
  return inSnapshot(deps, caller, async (tx, position, client) => {
    const checkpoint = sealed === null ? null : usableCheckpoint(deps, caller, sealed, position);
    const greeting = { epoch: position.epoch, now, leaseUntil, anchor, wipeKey };
    const greet = async (count: number | null): Promise<void> => {
      await send((n) => line('hello', helloFields({ ...greeting, count }), { n }));
      if (sealed === null || checkpoint) return;
      deps.metrics.resets.inc();
      await send((n) => line('reset', {}, { n }));
    };
    if (checkpoint) {
      await greet(null);
      await sendChanges(tx, checkpoint.snapshot, send);
    } else await sendFullSet(client, send, greet, () => send((n) => line('ready', {}, { n })));
    await send((n) => checkpointLine(deps, caller, position, n));
    return position.snapshot;
  });
}

/** The frame that closes one consistent state. */
export function checkpointLine(
  deps: Deps,
  { actor, boundTo }: Caller,
  position: { epoch: string; snapshot: string },
  n?: number,
): string {
  const cp = sealCheckpoint(deps.serverKey, position, { userId: actor.id, boundTo });
  return checkpointText(cp, deps.clock.now(), n);
}
