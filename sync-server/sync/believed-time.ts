import { at } from '#contract/rules/dates.ts';
import { submittedTime } from '#contract/rules/due.ts';
import type { PushContext } from './define-sync.ts';

/** How long after it came back a device may still send what it made while it was away; large files take their time. */
const sendingHours = 24;

/** What is known of a device that sends late. */
export type DeviceFacts = {
  /** The last time it was away for more than ten minutes. */
  absence: { from: string; until: string } | null;
  leaseDays: number;
};

/** The moment that counts for something a device says it did: its own where it can be believed, else receipt (workflows 3.17). */
export function believedTime(
  { lastSyncAt, now }: Pick<PushContext, 'lastSyncAt' | 'now'>,
  claimed: string,
  { absence, leaseDays }: DeviceFacts,
): string {
  const wasAway =
    absence !== null &&
    at(claimed) >= at(absence.from) &&
    at(claimed) <= at(absence.until) &&
    now.getTime() - at(absence.until) <= sendingHours * 3_600_000;
  return submittedTime({
    clientSubmittedAt: claimed,
    lastSyncAt: wasAway ? absence.from : (lastSyncAt?.toISOString() ?? null),
    receivedAt: now.toISOString(),
    leaseDays,
  });
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
