import { z } from 'zod';
import { receiptSchema } from '../rules/receipts.ts';

/** `POST /functions/v1/verify-receipt`: is this receipt ours, and is the work still what it says? */
export const verifyReceiptSchema = z.strictObject({
  /** The receipt as it was saved: a compact JWS. */
  receipt: z.string().min(1).max(4000),
});

/**
 * What became of the work, as far as the asking person may see it: `same` as handed in, `changed` since (no device can do that),
 * or `unseen`: gone, or not theirs to see.
 */
export const receiptMatches = ['same', 'changed', 'unseen'] as const;

export const verifiedReceiptSchema = z.object({
  /** True where the signature is ours; nothing else is told of one that is not. */
  valid: z.boolean(),
  receipt: receiptSchema.nullable(),
  work: z.enum(receiptMatches).nullable(),
});
export type VerifiedReceipt = z.infer<typeof verifiedReceiptSchema>;
