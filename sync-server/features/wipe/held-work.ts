import { constants, createPrivateKey, privateDecrypt } from 'node:crypto';
import type { JWK } from 'jose';
import { openHeldWorkSchema, openedHeldWorkSchema } from '#contract/api/wipe.ts';
import { roles } from '#contract/roles.ts';
import { defineCommand } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { findDeviceKey } from '../../sync/device-keys.ts';

/**
 * Opens the key of work that a wiped device kept (decisions, safety 6). It opens for the person it was sealed for and for nobody else,
 * and only while that person may sign in. NOT_FOUND for everything that does not open: another person's, spoiled, or too old.
 */
export const openHeldWork = defineCommand({
  name: 'open-held-work',
  summary: 'Open the key of your own work that a wiped device kept',
  input: openHeldWorkSchema,
  output: openedHeldWorkSchema,
  roles,
  writes: false,
  run: async ({ deps, actor }, { kid, sealed_key }) => {
    const stored = await findDeviceKey(deps.server, 'held_work', kid);
    const key = stored && decrypt(stored.private_jwk, sealed_key, actor.id);
    if (!key) throw new AppError('NOT_FOUND');
    return { key: key.toString('base64url') };
  },
});

function decrypt(jwk: JWK, sealed: string, label: string): Buffer | null {
  const key = createPrivateKey({ key: { ...jwk }, format: 'jwk' });
  try {
    return privateDecrypt(
      { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256', oaepLabel: Buffer.from(label) },
      Buffer.from(sealed, 'base64url'),
    );
  } catch {
    // Every way in which it does not open is one answer; OpenSSL's words would tell them apart.
    return null;
  }
}
