import { Dexie, type DexieOptions, type EntityTable } from 'dexie';
import type { WipeOrder } from '#contract/api/wipe.ts';
import type { Sealed } from '../device-database.ts';

/** What a wipe does next: seal unsent work, delete keys, delete data; `done` waits only for its report and its reader. */
export type WipeStep = 'seal' | 'keys' | 'data' | 'done';

/** A wipe under way; written before its first step, so that a power cut anywhere leaves it to be finished. */
export type WipeRow = {
  user_id: string;
  /** Signed by the server, verified before it was written here; handed back as the report. */
  order: string;
  held_key: WipeOrder['held_key'];
  step: WipeStep;
  /** The person signed in anew before the device had wiped: that session stays. */
  keeps_session: boolean;
  reported: boolean;
  /** True once the person read that the device was signed out, or where there is nothing to tell. */
  seen: boolean;
  /** ISO. */
  at: string;
};

/** Unsent work of one person, unreadable on this device until the server opens its key for that person. */
export type HeldRow = {
  id: string;
  user_id: string;
  /** The server's key that `sealed_key` is sealed to. */
  kid: string;
  sealed_key: string;
  sealed: Sealed;
  /** How many pieces a person would count. */
  pieces: number;
  kept_at: string;
};
export type HeldFileRow = { key: string; held_id: string; file_id: string; mime: string; sealed: Sealed };

/** What outlives a wipe: one database per installation, no text in it that can be read. */
export class HeldDatabase extends Dexie {
  wipes!: EntityTable<WipeRow, 'user_id'>;
  held!: EntityTable<HeldRow, 'id'>;
  files!: EntityTable<HeldFileRow, 'key'>;
  private readonly factory: IDBFactory | undefined;

  constructor(installation: string | undefined, options: DexieOptions = {}) {
    super(installation ? `growthos-held-${installation}` : 'growthos-held', {
      chromeTransactionDurability: 'strict',
      ...options,
    });
    this.version(1).stores({ wipes: 'user_id', held: 'id, user_id, kept_at', files: 'key, held_id' });
    this.factory = (options.indexedDB ?? globalThis.indexedDB) as IDBFactory | undefined;
  }

  /** False on a device that was never wiped: merely to look must not leave a database behind. */
  async isThere(): Promise<boolean> {
    return ((await this.factory?.databases()) ?? []).some(({ name }) => name === this.name);
  }
}
