import type { Evidence } from '#contract/protocol.ts';
import type { Clock } from '../platform/clock.ts';
import { readMark, type DeviceDatabase, type SignedTime } from './device-database.ts';

/** The server's last signed time for this person on this device, and what it proves of the present moment. */
export type TimeAnchor = {
  /** Takes the anchor of a new contact; the caller stores it in the mark. */
  take(signed: SignedTime): void;
  /** What backs the time of a write made now; undefined before the first contact. */
  evidence(): Evidence | undefined;
};

/** Survives a restart in the mark; how long it ran is then known only in bounds (`Clock.bounds`). */
export async function openTimeAnchor(device: DeviceDatabase, clock: Clock): Promise<TimeAnchor> {
  let held: SignedTime | null = (await readMark(device)).anchor ?? null;
  return {
    take: (signed) => void (held = signed),
    evidence() {
      const bounds = clock.bounds();
      if (!held || !bounds) return undefined;
      const since = (moment: number): number => Math.max(0, moment - Date.parse(held!.at));
      return { anchor: held.token, least_ms: since(bounds.least), most_ms: since(bounds.most) };
    },
  };
}
