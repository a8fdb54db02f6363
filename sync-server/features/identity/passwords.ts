import { availableParallelism } from 'node:os';
import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { passwordLength } from '#contract/api/identity.ts';
import { AuthError } from './auth-error.ts';
import { isCommonPassword } from './common-passwords.ts';
import { createRateLimit } from '../../http/rate-limit.ts';
import { createHashGate, type Order } from './hash-gate.ts';

/** argon2id (the library's default kind), 64 MiB, 3 passes: about 60 ms of one core. */
const cost = { memoryCost: 65_536, timeCost: 3, parallelism: 1 };
const parallel = Math.min(4, Math.max(2, availableParallelism()));
const gate = createHashGate({ parallel, strangers: parallel - 1, waiting: 24, patience: 800 });

export type Passwords = {
  hash(password: string): Promise<string>;
  /**
   * Compares with the stored hash. Without one it takes as long and says no: it works on a hash nobody knows as long as such
   * calls are few and nobody waits, and only waits during a flood, which then costs no processor. `order` says who goes first.
   */
  verify(stored: string | null, password: string, order?: Order): Promise<boolean>;
  /** Takes the time of `verify` and does nothing: for an answer that is settled without the password. */
  pass(order?: Order): Promise<void>;
  /** Whether more sign in than can be served at once. */
  isBusy(): boolean;
};

/** Decoys worked out in a minute; the rest are only waited for. */
const decoysPerMinute = 60;

/** Ready when the decoy exists, so that the first unknown address costs what every later one does. */
export async function preparePasswords(): Promise<Passwords> {
  const decoy = await hash(randomBytes(24), cost);
  const decoys = createRateLimit(decoysPerMinute);
  return {
    hash: (password) => gate.run(() => hash(password, cost), 'known'),
    async verify(stored, password, order = 'fresh') {
      if (stored !== null) return gate.run(() => verify(stored, password), order);
      const affordable = decoys.take('decoy', new Date()) === 0;
      await gate.pass(order, affordable ? () => verify(decoy, password) : undefined);
      return false;
    },
    pass: (order) => gate.pass(order),
    isBusy: () => gate.isBusy(),
  };
}

/** Hash of one password outside a running server: the seed and set-up use it. */
export const hashPassword = (password: string): Promise<string> => hash(password, cost);

/** Length and the list of most common passwords; no rules about kinds of characters. Throws `weak_password`. */
export function requireStrongPassword(password: string): void {
  const { min, max } = passwordLength;
  const length = [...password].length;
  if (length < min || length > max) throw weak('length', `A password has ${min} to ${max} characters.`);
  if (isCommonPassword(password)) throw weak('pwned', 'This password is one of the most common ones. Choose another.');
}

const weak = (reason: string, message: string): AuthError =>
  new AuthError('weak_password', message, { weakPassword: { reasons: [reason], message } });
