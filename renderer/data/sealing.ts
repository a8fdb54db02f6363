import type { DesktopBridge } from '#desktop/index.ts';
import type { DeviceDatabase, Sealed } from './device-database.ts';

/** Seals what must not lie readable on the disk (safety 8): drafts and the bytes of files that wait. */
export type Sealer = {
  seal(bytes: Uint8Array<ArrayBuffer>): Promise<Sealed>;
  /** Null when it cannot be opened: the key is another one, or the bytes are spoiled. */
  open(sealed: Sealed): Promise<Uint8Array<ArrayBuffer> | null>;
  sealJson(value: unknown): Promise<Sealed>;
  openJson(sealed: Sealed): Promise<unknown>;
};

const algorithm = { name: 'AES-GCM', length: 256 } as const;

/**
 * One key per person. On the desktop the operating system's store keeps it; in the browser it is a key the page can use but not
 * read. Where the desktop's store keeps nothing (no keyring), the browser's way serves.
 */
export async function openSealer(
  device: DeviceDatabase,
  desktop: DesktopBridge | null,
  userId: string,
): Promise<Sealer> {
  return sealerWith((desktop ? await desktopKey(desktop, userId) : null) ?? (await browserKey(device)));
}

/** Deletes the person's key, wherever it is kept; what it sealed is lost from then on. */
export async function forgetSealer(
  device: DeviceDatabase,
  desktop: DesktopBridge | null,
  userId: string,
): Promise<void> {
  await desktop?.invoke('secrets.remove', { name: secretName(userId) });
  await device.keys.clear();
}

const secretName = (userId: string): string => `seal.${userId}`;

async function desktopKey(desktop: DesktopBridge, userId: string): Promise<CryptoKey | null> {
  const name = secretName(userId);
  const { value } = await desktop.invoke('secrets.get', { name });
  const raw = value
    ? Uint8Array.from(atob(value), (char) => char.charCodeAt(0))
    : crypto.getRandomValues(new Uint8Array(32));
  if (!value) {
    const { stored } = await desktop.invoke('secrets.set', { name, value: btoa(String.fromCharCode(...raw)) });
    if (!stored) return null;
  }
  return crypto.subtle.importKey('raw', raw, algorithm, false, ['encrypt', 'decrypt']);
}

async function browserKey(device: DeviceDatabase): Promise<CryptoKey> {
  const known = await device.keys.get('seal');
  if (known?.name === 'seal') return known.key;
  const made = await crypto.subtle.generateKey(algorithm, false, ['encrypt', 'decrypt']);
  await device.keys.put({ name: 'seal', key: made });
  return made;
}

export function sealerWith(key: CryptoKey): Sealer {
  const sealer: Sealer = {
    async seal(bytes) {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      return { iv, box: await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, bytes) };
    },
    async open({ iv, box }) {
      try {
        return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, box));
      } catch {
        // Sealed under a key that is gone (the keyring was reset): unreadable is all there is to say.
        return null;
      }
    },
    sealJson: (value) => sealer.seal(new TextEncoder().encode(JSON.stringify(value))),
    async openJson(sealed) {
      const bytes = await sealer.open(sealed);
      return bytes ? (JSON.parse(new TextDecoder().decode(bytes)) as unknown) : null;
    },
  };
  return sealer;
}
