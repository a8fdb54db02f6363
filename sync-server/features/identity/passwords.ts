import { availableParallelism } from 'node:os';
import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { passwordLength } from '#contract/api/identity.ts';
import { AuthError } from './auth-error.ts';
import { commonPasswords } from './common-passwords.ts';
import { createHashGate } from './hash-gate.ts';

/** argon2id (the library's default kind), 64 MiB, 3 passes: about 60 ms of one core. */
const cost = { memoryCost: 65_536, timeCost: 3, parallelism: 1 };
const parallel = Math.min(4, Math.max(2, availableParallelism()));
const gate = createHashGate({ parallel, strangers: parallel - 1, waiting: 24 });

export type Passwords = {
  hash(password: string): Promise<string>;
  /**
   * Compares with the stored hash; without one it works as long on a hash nobody knows and says no.
   * `known` lets the caller in before strangers when many sign in at once.
   */
  verify(stored: string | null, password: string, known?: boolean): Promise<boolean>;
};

/** Ready when the decoy exists, so that the first unknown address costs what every later one does. */
export async function preparePasswords(): Promise<Passwords> {
  const decoy = await hash(randomBytes(24), cost);
  return {
    hash: (password) => gate.run(() => hash(password, cost), 'first'),
    async verify(stored, password, known = false) {
      const matches = await gate.run(() => verify(stored ?? decoy, password), known ? 'first' : 'last');
      return matches && stored !== null;
    },
  };
}

/** Hash of one password outside a running server: the seed and set-up use it. */
export const hashPassword = (password: string): Promise<string> => hash(password, cost);

/** Length and the list of most common passwords; no rules about kinds of characters. Throws `weak_password`. */
export function requireStrongPassword(password: string): void {
  const { min, max } = passwordLength;
  const length = [...password].length;
  if (length < min || length > max) throw weak('length', `A password has ${min} to ${max} characters.`);
  if (commonPasswords.has(password.toLowerCase()))
    throw weak('pwned', 'This password is one of the most common ones. Choose another.');
}

const weak = (reason: string, message: string): AuthError =>
  new AuthError('weak_password', message, { weakPassword: { reasons: [reason], message } });
