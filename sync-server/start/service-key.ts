import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Writes the operators' key into `file` (its owner alone may read it) unless one is there; the server is told its hash only. */
export function provideServiceKey(file: string): { hash: string } {
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  const key = readFileSync(file, 'utf8').trim();
  if (!/^[\w-]{43}$/.test(key))
    throw new Error(`${file} holds something else than a service key. Name another file for --service-key.`);
  return { hash: createHash('sha256').update(key).digest('hex') };
}
