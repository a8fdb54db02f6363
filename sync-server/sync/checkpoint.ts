import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { createMac, type Mac } from './mac.ts';

/** Where a device stands: everything its person could see in this snapshot of this epoch was applied. */
const checkpointSchema = z.object({
  /** Epoch: one physical history of the database. */
  e: z.uuid(),
  /** Postgres snapshot as text, `xmin:xmax:xip,…`. */
  s: z.string().regex(/^\d+:\d+:(\d+(,\d+)*)?$/),
});
export type Checkpoint = { readonly epoch: string; readonly snapshot: string };
/** Whom a checkpoint was made for; nobody else can use it. */
export type Holder = { userId: string; boundTo: string };

/** Opaque on the device: `payload.mac`, both base64url. */
export function sealCheckpoint(serverKey: string, checkpoint: Checkpoint, holder: Holder): string {
  const payload = payloadOf(checkpoint);
  return `${payload}.${mac(serverKey, payload, holder).toString('base64url')}`;
}

/** Written once: the streams that a change goes to all stand at the same state then. */
const payloads = new WeakMap<Checkpoint, string>();
function payloadOf(checkpoint: Checkpoint): string {
  let payload = payloads.get(checkpoint);
  if (payload === undefined) {
    const { epoch, snapshot } = checkpoint;
    payload = Buffer.from(JSON.stringify({ e: epoch, s: snapshot })).toString('base64url');
    payloads.set(checkpoint, payload);
  }
  return payload;
}

/** Null for everything that this server did not seal for this person and device, letter by letter. */
export function openCheckpoint(serverKey: string, sealed: string, holder: Holder): Checkpoint | null {
  const [payload = '', given = '', ...rest] = sealed.split('.');
  const right = mac(serverKey, payload, holder);
  const claimed = Buffer.from(given, 'base64url');
  if (rest.length > 0 || claimed.length !== right.length || !timingSafeEqual(claimed, right)) return null;
  const parsed = checkpointSchema.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
  return parsed.success ? { epoch: parsed.data.e, snapshot: parsed.data.s } : null;
}

const mac = (serverKey: string, payload: string, { userId, boundTo }: Holder): Buffer =>
  macOf(serverKey)([userId, boundTo, payload].join('\n'));

/** Derived once: a change that concerns a thousand streams makes as many checkpoints. */
const macs = new Map<string, Mac>();
function macOf(serverKey: string): Mac {
  let own = macs.get(serverKey);
  if (!own) macs.set(serverKey, (own = createMac(createMac(Buffer.from(serverKey))('sync checkpoint'))));
  return own;
}

/** True for a snapshot that the database has not reached: its files were put back to an earlier state. */
export const isAhead = (snapshot: string, of: string): boolean => upperEnd(snapshot) > upperEnd(of);
const upperEnd = (snapshot: string): bigint => BigInt(snapshot.split(':')[1] ?? '0');

/** True for a snapshot that did not see everything before this transaction: what left by then may be forgotten already. */
export const isBehind = (snapshot: string, transaction: string): boolean =>
  BigInt(snapshot.split(':')[0] ?? '0') < BigInt(transaction);
