import { randomBytes } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** 16 characters of base32: 80 bits of chance, which nobody guesses (data model R19). */
export const newVerificationCode = (): string =>
  Array.from(randomBytes(16), (byte) => alphabet[byte % alphabet.length]).join('');

/** A code as people type it from paper: small letters, spaces and dashes do not matter. */
export const readVerificationCode = (typed: string): string => typed.toUpperCase().replace(/[\s-]/g, '');
