import { z } from 'zod';
import type { DesktopBridge } from '#desktop/index.ts';
import { roleSchema } from '#contract/roles.ts';

/** What this device remembers of a sign-in. Identity on the device is read from here and from nowhere else (safety 9). */
export const sessionRecordSchema = z.object({
  user: z.object({ id: z.uuid(), email: z.string(), full_name: z.string() }),
  role: roleSchema,
  device_id: z.uuid(),
  access_token: z.string(),
  refresh_token: z.string(),
  /** End of the access token, ms since 1970 by the device's own clock when it was received. */
  expires_at: z.number(),
  /** The web edition forgets a sign-in after this (decisions, safety 10); null on the desktop. */
  forget_at: z.number().nullable(),
  /** The server ended this session: data and queue stay, a new sign-in is needed. */
  refused: z.enum(['expired', 'ended']).nullable(),
  lease_until: z.string().nullable(),
});
export type SessionRecord = z.infer<typeof sessionRecordSchema>;

/** Keeps the one record; reading is asynchronous because the desktop asks the operating system's store. */
export type SessionVault = {
  read(): Promise<SessionRecord | null>;
  write(record: SessionRecord): Promise<void>;
  clear(): Promise<void>;
};

const name = 'session';
const webName = 'growthos.session';
const hour = 3_600_000;
/** Lives of a sign-in in the web edition. */
export const webSessionMs = { usual: 12 * hour, kept: 7 * 24 * hour } as const;

const parse = (text: string | null): SessionRecord | null => {
  if (!text) return null;
  try {
    return sessionRecordSchema.parse(JSON.parse(text));
  } catch {
    // Unreadable is the same as signed out; the replica is untouched and comes back with the next sign-in.
    return null;
  }
};

export function desktopVault(bridge: DesktopBridge): SessionVault {
  return {
    read: async () => parse((await bridge.invoke('secrets.get', { name })).value),
    write: async (record) => void (await bridge.invoke('secrets.set', { name, value: JSON.stringify(record) })),
    clear: async () => void (await bridge.invoke('secrets.remove', { name })),
  };
}

/** In the browser the record lives as long as the tab, or seven days where the person asked to stay signed in. */
export function webVault(tab: Storage, browser: Storage, now: () => number = Date.now): SessionVault {
  const clear = async (): Promise<void> => {
    tab.removeItem(webName);
    browser.removeItem(webName);
  };
  return {
    async read() {
      const record = parse(tab.getItem(webName) ?? browser.getItem(webName));
      if (record?.forget_at != null && record.forget_at <= now()) {
        await clear();
        return null;
      }
      return record;
    },
    async write(record) {
      const kept = record.forget_at !== null && browser.getItem(keepName) === 'yes';
      (kept ? browser : tab).setItem(webName, JSON.stringify(record));
      (kept ? tab : browser).removeItem(webName);
    },
    clear,
  };
}

const keepName = 'growthos.keep';
/** Remembers the answer to *keep me signed in* before the record is written. */
export const rememberKeep = (browser: Storage, keep: boolean): void => browser.setItem(keepName, keep ? 'yes' : 'no');

/** For pages without storage and for tests. */
export function memoryVault(record: SessionRecord | null = null): SessionVault {
  let held = record;
  return {
    read: async () => held,
    write: async (next) => void (held = next),
    clear: async () => void (held = null),
  };
}
