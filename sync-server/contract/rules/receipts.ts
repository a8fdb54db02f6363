import { z } from 'zod';
import { instant } from '../columns.ts';

/**
 * What the server signs when it accepts an attempt. It travels as a compact JWS (ES256, `typ` `receipt+jwt`) in
 * `submissions.receipt`; the keys are public under `/receipts/v1/jwks.json` and stay there for good.
 */
export const receiptSchema = z.object({
  /** Names the receipt to people, `7F3K-92QA-M0XD`. */
  code: z.string().regex(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/),
  submission_id: z.uuid(),
  student_id: z.uuid(),
  assignment_id: z.uuid(),
  /** Attempt number. */
  version: z.int().min(1),
  /** SHA-256 of `handedInText`, in hex: what was written, the links, and each file by its own hash. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** The interval in which the device handed it in; `anchored`: backed by a time the server had signed for that device. */
  device_time: z.object({ from: instant, to: instant, anchored: z.boolean() }),
  /** The moment that counts for lateness. */
  handed_in_at: instant,
  is_late: z.boolean(),
  /** Server time of acceptance. */
  received_at: instant,
});
export type Receipt = z.infer<typeof receiptSchema>;

/** The work a receipt speaks of. */
export type HandedIn = {
  content: string | null;
  links: readonly string[];
  /** In the order of `file_ids`, each with the SHA-256 of its bytes. */
  files: readonly { id: string; sha256: string }[];
};

/** The text whose SHA-256 a receipt names; the same on every side, whatever order the fields came in. */
export const handedInText = ({ content, links, files }: HandedIn): string =>
  JSON.stringify({ content, links, files: files.map(({ id, sha256 }) => ({ id, sha256 })) });

/** Digits and letters that are not taken for one another when read aloud. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Sixty bits of a hash as three groups of four signs. */
export function receiptCode(hash: Uint8Array): string {
  const signs = Array.from({ length: 12 }, (_, place) => alphabet[(hash[place] ?? 0) % alphabet.length]);
  return [0, 4, 8].map((from) => signs.slice(from, from + 4).join('')).join('-');
}
