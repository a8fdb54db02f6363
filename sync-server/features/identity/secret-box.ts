import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../../config.ts';

/** Seals small secrets that must be read again, so that a copy of the database alone does not give them away. */
export type SecretBox = {
  /** `context` names the row it belongs to; the sealed text opens nowhere else. */
  seal(secret: string, context: string): string;
  open(sealed: string, context: string): string;
};

const algorithm = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/**
 * The box of this installation: its key comes from `SECRETS_KEY`, else from a file beside the uploads. Opened when first used,
 * so that a server without a second factor makes no file.
 */
export function openSecretBox({ SECRETS_KEY, FILES_DIR }: Pick<Config, 'SECRETS_KEY' | 'FILES_DIR'>): SecretBox {
  let opened: SecretBox | null = null;
  const box = () =>
    (opened ??= createSecretBox(SECRETS_KEY ? Buffer.from(SECRETS_KEY, 'hex') : keyOfFolder(FILES_DIR)));
  return { seal: (secret, context) => box().seal(secret, context), open: (text, context) => box().open(text, context) };
}

export function createSecretBox(key: Buffer): SecretBox {
  const keyId = createHash('sha256').update(key).digest('hex').slice(0, 8);
  return {
    seal(secret, context) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(context));
      const sealed = Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `${keyId}.${sealed.toString('base64url')}`;
    },
    open(sealed, context) {
      const [id, text = ''] = sealed.split('.');
      if (id !== keyId)
        throw new Error(`A secret was sealed with the key ${id}, and this server has ${keyId}: set SECRETS_KEY.`);
      const bytes = Buffer.from(text, 'base64url');
      const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes)).setAAD(Buffer.from(context));
      decipher.setAuthTag(bytes.subarray(-tagBytes));
      return decipher.update(bytes.subarray(nonceBytes, -tagBytes), undefined, 'utf8') + decipher.final('utf8');
    },
  };
}

/** Made when first needed. It appears complete (a link to a written file): two processes that start at once agree on one. */
function keyOfFolder(folder: string): Buffer {
  const file = path.join(folder, 'secrets.key');
  const existing = readKey(file);
  if (existing) return existing;
  mkdirSync(folder, { recursive: true });
  const mine = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(mine, `${randomBytes(keyBytes).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(mine, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(mine, { force: true });
  }
  return readKey(file)!;
}

function readKey(file: string): Buffer | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  if (!/^[0-9a-f]{64}$/.test(text)) throw new Error(`${file} does not hold a key: 64 lower-case hex digits.`);
  return Buffer.from(text, 'hex');
}
