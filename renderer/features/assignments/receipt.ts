import { verifiedReceiptSchema, type VerifiedReceipt } from '#contract/api/receipts.ts';
import { handedInText, receiptSchema, type HandedIn, type Receipt } from '#contract/rules/receipts.ts';
import { api, ApiError, NetworkError, SessionExpiredError } from '../../platform/index.ts';

/** What a receipt says, without asking whether it was really signed; null for what is none. */
export function readReceipt(token: string): Receipt | null {
  try {
    const body = atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'));
    const text = new TextDecoder().decode(Uint8Array.from(body, (sign) => sign.charCodeAt(0)));
    const receipt = receiptSchema.safeParse(JSON.parse(text));
    return receipt.success ? receipt.data : null;
  } catch {
    // Neither base64 nor JSON: a receipt of a newer kind, or somebody's own words.
    return null;
  }
}

/** Whether the work as it lies on this device is the one the receipt was given for. Needs no network. */
export async function isSameWork(receipt: Receipt, work: HandedIn): Promise<boolean> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(handedInText(work)));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('') === receipt.sha256;
}

/** The server's word on a receipt; null where it cannot be asked now. */
export async function askServer(token: string): Promise<VerifiedReceipt | null> {
  try {
    return verifiedReceiptSchema.parse(await api.command('verify-receipt', { receipt: token }));
  } catch (error) {
    if (error instanceof NetworkError || error instanceof ApiError || error instanceof SessionExpiredError) return null;
    throw error;
  }
}
