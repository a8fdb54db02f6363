import { jwtVerify, SignJWT, errors, type JWTHeaderParameters } from 'jose';
import { z } from 'zod';
import type { Evidence } from '#contract/protocol.ts';
import type { Anchored } from '#contract/rules/device-time.ts';
import { receiptSchema, type Receipt } from '#contract/rules/receipts.ts';
import type { Pool } from '../db/sql.ts';
import type { Deps } from '../deps.ts';
import { createSigningKeys, type SigningKeys } from '../http/signing-keys.ts';

const algorithm = 'ES256';
const types = { anchor: 'anchor+jwt', receipt: 'receipt+jwt' } as const;
const anchorSchema = z.object({ sub: z.uuid(), device: z.uuid(), at: z.iso.datetime() });

const known = new WeakMap<Pool, SigningKeys>();

/** The keys of this database that sign times and receipts; read once for all who ask. */
export function evidenceKeys({ server }: Pick<Deps, 'server'>): SigningKeys {
  const keys = known.get(server) ?? createSigningKeys(server, 'evidence');
  known.set(server, keys);
  return keys;
}

/** The server's time, signed for one device of one person; what it writes until the next contact is dated by it. */
export const signAnchor = (deps: Pick<Deps, 'server'>, userId: string, deviceId: string, now: Date): Promise<string> =>
  sign(deps, types.anchor, { sub: userId, device: deviceId, at: now.toISOString() });

/** What backs the time of a write; null for an anchor that is not ours, of another person or of another device. */
export async function readEvidence(
  deps: Pick<Deps, 'server'>,
  evidence: Evidence | undefined,
  userId: string,
  deviceId: string | null,
): Promise<Anchored | null> {
  if (!evidence) return null;
  const anchor = anchorSchema.safeParse(await verify(deps, types.anchor, evidence.anchor));
  if (!anchor.success || anchor.data.sub !== userId || anchor.data.device !== deviceId) return null;
  return { at: anchor.data.at, least_ms: evidence.least_ms, most_ms: evidence.most_ms };
}

export const signReceipt = (deps: Pick<Deps, 'server'>, receipt: Receipt): Promise<string> =>
  sign(deps, types.receipt, receipt);

/** What a receipt says; null where we did not sign it. */
export async function verifyReceipt(deps: Pick<Deps, 'server'>, token: string): Promise<Receipt | null> {
  const receipt = receiptSchema.safeParse(await verify(deps, types.receipt, token));
  return receipt.success ? receipt.data : null;
}

async function sign(deps: Pick<Deps, 'server'>, typ: string, payload: Record<string, unknown>): Promise<string> {
  const { kid, privateKey } = await evidenceKeys(deps).current();
  return new SignJWT(payload).setProtectedHeader({ alg: algorithm, kid, typ }).sign(privateKey);
}

async function verify(deps: Pick<Deps, 'server'>, typ: string, token: string): Promise<unknown> {
  const keys = evidenceKeys(deps);
  try {
    const { payload } = await jwtVerify(token, (header: JWTHeaderParameters) => keys.find(header), {
      algorithms: [algorithm],
      typ,
    });
    return payload;
  } catch (error) {
    // Every way it can be wrong is the same to us; only our own failures go on.
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}
