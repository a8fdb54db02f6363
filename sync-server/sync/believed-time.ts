import { at } from '#contract/rules/dates.ts';
import { deviceTime, type DeviceTime } from '#contract/rules/device-time.ts';
import type { PushContext } from './define-sync.ts';
import { readEvidence } from './evidence.ts';

/** How long after it came back a device may still send what it made while it was away; large files take their time. */
const sendingHours = 24;

/** What is known of a device that sends late. */
export type DeviceFacts = {
  /** The last time it was away for more than ten minutes. */
  absence: { from: string; until: string } | null;
  leaseDays: number;
};

type Receiving = Pick<PushContext, 'lastSyncAt' | 'now'>;

/** The moment that counts for something a device says it did: its own where it can be believed, else receipt (workflows 3.17). */
export const believedTime = (context: Receiving, claimed: string, facts: DeviceFacts): string =>
  deviceTime({ ...claimOf(context, claimed, facts), anchored: null }).counts;

/** The same, with the interval in which it was done; what the operation brings as evidence is looked at. */
export async function judgeTime(context: PushContext, claimed: string, facts: DeviceFacts): Promise<DeviceTime> {
  const { deps, op, actor, deviceId } = context;
  const anchored = await readEvidence(deps, op.evidence, actor.id, deviceId);
  return deviceTime({ ...claimOf(context, claimed, facts), anchored });
}

function claimOf({ lastSyncAt, now }: Receiving, claimed: string, { absence, leaseDays }: DeviceFacts) {
  const wasAway =
    absence !== null &&
    at(claimed) >= at(absence.from) &&
    at(claimed) <= at(absence.until) &&
    now.getTime() - at(absence.until) <= sendingHours * 3_600_000;
  return {
    claimed,
    lastContact: wasAway ? absence.from : (lastSyncAt?.toISOString() ?? null),
    receivedAt: now.toISOString(),
    leaseDays,
  };
}

/** Asks for the facts of this push's device. */
export async function readDeviceFacts({ tx, deps, actor, deviceId }: PushContext): Promise<DeviceFacts> {
  const { rows } = await tx.query<{ facts: { absence: DeviceFacts['absence']; lease_days: number | null } }>(
    'select server_device_facts($1, $2, $3) as facts',
    [deps.serverKey, actor.id, deviceId],
  );
  const { absence, lease_days } = rows[0]!.facts;
  return { absence, leaseDays: lease_days ?? 14 };
}
