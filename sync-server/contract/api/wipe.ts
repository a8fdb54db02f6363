import { z } from 'zod';

/**
 * How a device is told to forget what it holds (decisions, safety 6). Only a signed order wipes: it names the device, its person
 * and the nonce of this very question, and is checked against the key that the device was given while it was signed in.
 */

/** Header of sync requests: the public half of the key that lives and dies with the device's local data (P-256, raw, base64url). */
export const deviceKeyHeader = 'x-device-key';
export const deviceKeySchema = z.string().regex(/^[A-Za-z0-9_-]{87}$/);

/** Public half of the key that signs wipe orders, told in every `hello`. */
export const wipeKeySchema = z.object({ kid: z.string().max(60), x: z.string().max(60), y: z.string().max(60) });
export type WipeKey = z.infer<typeof wipeKeySchema>;

const nonceSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

export const wipeQuestionSchema = z.strictObject({
  device_id: z.uuid(),
  user_id: z.uuid(),
  /** 32 random bytes, base64url; each question has its own. */
  nonce: nonceSchema,
  /** The newest key for orders that this device knows. */
  kid: z.string().max(60),
  /** ECDSA (P-256, SHA-256, r and s in 64 bytes) over `wipeProofText`, by the device's own key, base64url. */
  proof: z.string().regex(/^[A-Za-z0-9_-]{86}$/),
});
export type WipeQuestion = z.infer<typeof wipeQuestionSchema>;

/** What the device signs to show that it asks for itself. */
export const wipeProofText = ({ device_id, user_id, nonce }: Pick<WipeQuestion, 'device_id' | 'user_id' | 'nonce'>) =>
  `growthos.wipe.v1 ${device_id} ${user_id} ${nonce}`;

/** Null: nothing to do, or not a device of ours; the answer never says which. */
export const wipeAnswerSchema = z.object({ order: z.string().max(4000).nullable() });

/** Type in the header of the signed order (a compact JWS, ES256). */
export const wipeOrderType = 'growthos-wipe+jwt';
export const wipeOrderSchema = z.object({
  device_id: z.uuid(),
  user_id: z.uuid(),
  nonce: nonceSchema,
  /** When the device was told to wipe. */
  requested_at: z.iso.datetime(),
  /** What unsent work is sealed to before it is deleted; the private half never leaves the server. */
  held_key: z.object({ kid: z.string().max(60), n: z.string().max(1000), e: z.string().max(20) }),
});
export type WipeOrder = z.infer<typeof wipeOrderSchema>;

/** The device is done: it hands its order back. */
export const wipedReportSchema = z.strictObject({ order: z.string().max(4000) });
export const wipedAnswerSchema = z.object({ wiped_at: z.iso.datetime().nullable() });

/** The sealed key of held work: RSA-OAEP (SHA-256) of 32 bytes, with the person's id as label, base64url. */
export const openHeldWorkSchema = z.strictObject({ kid: z.string().max(60), sealed_key: z.string().max(1000) });
export const openedHeldWorkSchema = z.object({
  /** AES-256-GCM key of the held work, base64url. */
  key: z.string(),
});
/** Held work is kept so long on the device (screens 3.8). */
export const heldWorkDays = 90;
