import type { Operation } from '#contract/protocol.ts';
import type { Origin } from './write-row.ts';

/** No device is older; there are dates in ISO 8601 (the year 0) that Postgres does not know. */
const firstDeviceTime = new Date('2000-01-01T00:00:00Z');

/** A device's clock is believed about the past, never about the future. */
export const deviceTime = (clientAt: string, now: Date): Date => {
  const time = new Date(clientAt);
  if (time > now) return now;
  return time < firstDeviceTime ? firstDeviceTime : time;
};

/** What the row keeps of the operation that writes it. */
export const originOf = (op: Operation, deviceId: string | null, now: Date): Origin => ({
  id: op.id,
  op: op.op,
  clientAt: deviceTime(op.client_at, now),
  deviceId,
});
