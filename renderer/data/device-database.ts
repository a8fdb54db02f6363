import { Dexie, type DexieOptions, type EntityTable, type Table } from 'dexie';
import type { WipeKey } from '#contract/api/wipe.ts';
import type { RefusalCode } from '#contract/errors.ts';
import type { Evidence } from '#contract/protocol.ts';
import type { Master } from './documents.ts';
import type { Edit } from './overlay.ts';

/** One write in the queue. Its place is `seq`; the clock has no say in the order. */
export type OutboxRow = Edit & {
  seq: number;
  key: string;
  /** Version token the writer had before; null when the row was new. */
  base: string | null;
  /** Trusted time of the write, ISO. */
  client_at: string;
  /** What backs that time, for tables that are dated. */
  evidence?: Evidence;
  /** True from just before it first left this device: from then on it never changes. On the disk it may be noted aside (`FrozenMark`). */
  sent: boolean;
  /**
   * The stream brought the row after this was first sent. What the answer says of the row may be older then (an answer that was
   * lost is repeated word for word), and nobody would ever send the newer state again: the answer's copy is left aside.
   */
  overtaken: boolean;
  tries: number;
  /** Not before this time (ms since 1970, device clock): the server said `wait`. */
  not_before: number | null;
};

/** What lies under the unsent writes of a row. */
export type MasterRow = { key: string; master: Master };

/** A change the server did not take. `key` is the server's rejection id, or the operation's for a conflict. */
export type ProblemRow = {
  key: string;
  kind: 'refused' | 'conflict';
  type: string;
  id: string;
  verb: Edit['verb'];
  code: RefusalCode;
  message: string;
  at: string;
  mine: Record<string, unknown>;
  theirs: Record<string, unknown> | null;
  /** The server's `sync_rejections` rows this problem stands for: shown once, acknowledged together. */
  rejections: string[];
};

/** Bytes sealed with the person's key. */
export type Sealed = { iv: Uint8Array<ArrayBuffer>; box: ArrayBuffer };
export type DraftRow = { key: string; saved_at: string; sealed: Sealed };

export type UploadRow = {
  file_id: string;
  bucket: string;
  path: string;
  mime: string;
  bytes: number;
  state: 'waiting' | 'uploading' | 'ready' | 'failed';
  /** Address of the half-finished upload on the server. */
  upload_url: string | null;
  tries: number;
  not_before: number | null;
  created_at: string;
};
export type FileBytesRow = { file_id: string; mime: string; sealed: Sealed };

/** A time that the server signed for this person on this device (`anchor` of a hello). */
export type SignedTime = { token: string; at: string };

/** What the device remembers of its place in the server's history; one checkpoint for all families. */
export type SyncMark = {
  name: 'sync';
  checkpoint: string | null;
  epoch: string | null;
  /** True once a complete set was applied. */
  complete: boolean;
  last_sync_at: string | null;
  last_check_at: string | null;
  /** An apply failed since the last check: look for differences. */
  check_due: boolean;
  lease_until: string | null;
  /** The tables this app knew at the checkpoint: rows of others were passed over and must be pulled after an update. */
  tables: string | null;
  /** Missing in marks of earlier versions of the app. */
  anchor?: SignedTime | null;
  /** Rows that the last full set did not hold although a verdict had just confirmed them (`unconfirmed.ts`); missing in earlier marks. */
  unconfirmed?: string[];
  /** The version of the schema that the replica was opened with last, and the latest ever (`replica-release.ts`); missing in earlier marks. */
  replica_schema?: number;
  latest_schema?: number;
  /** The key that wipe orders must be signed by, as the server told it last while this device was signed in. */
  wipe_key: WipeKey | null;
};
/** Places in the queue, both ends included. */
export type SeqRange = [from: number, to: number];
/**
 * The writes that have left this device or are about to, besides those that say so themselves (`sent`): one note for thousands of
 * them, where each would have to be stored again.
 */
export type FrozenMark = { name: 'frozen'; ranges: SeqRange[] };

type KeyRow =
  | { name: 'seal'; key: CryptoKey }
  /** By which the device shows that it holds this data (`data-key.ts`); `device_id` is how the server knows it. */
  | { name: 'data'; pair: CryptoKeyPair; device_id: string };

/**
 * Its tables by release: a later one adds an entry with what changes (every index of a table it names anew), and never touches an
 * earlier one, for somewhere a computer still has that. Rows stay as they are.
 */
export const deviceStores: Record<string, string>[] = [
  {
    outbox: '++seq, key',
    masters: 'key',
    problems: 'key, at',
    drafts: 'key, saved_at',
    uploads: 'file_id, created_at',
    bytes: 'file_id',
    marks: 'name',
    keys: 'name',
  },
  // The writes of a row are found in memory; nobody asks the disk for them.
  { outbox: '++seq' },
];

/**
 * What is this device's alone (decisions 3): the queue, what lies under it, drafts, files on their way, problems and the
 * place in the server's history. Everything here must survive a power cut, hence `strict`.
 */
export class DeviceDatabase extends Dexie {
  outbox!: EntityTable<OutboxRow, 'seq'>;
  masters!: EntityTable<MasterRow, 'key'>;
  problems!: EntityTable<ProblemRow, 'key'>;
  drafts!: EntityTable<DraftRow, 'key'>;
  uploads!: EntityTable<UploadRow, 'file_id'>;
  bytes!: EntityTable<FileBytesRow, 'file_id'>;
  marks!: Table<SyncMark | FrozenMark, 'sync' | 'frozen'>;
  keys!: Table<KeyRow, KeyRow['name']>;

  constructor(name: string, options: DexieOptions = {}) {
    super(name, { chromeTransactionDurability: 'strict', ...options });
    for (const [at, stores] of deviceStores.entries()) this.version(at + 1).stores(stores);
  }
}

export const noMark: SyncMark = {
  name: 'sync',
  checkpoint: null,
  epoch: null,
  complete: false,
  last_sync_at: null,
  last_check_at: null,
  check_due: false,
  lease_until: null,
  tables: null,
  wipe_key: null,
};

export const readMark = async (device: DeviceDatabase): Promise<SyncMark> => ({
  ...noMark,
  ...((await device.marks.get('sync')) as SyncMark | undefined),
});

export async function changeMark(device: DeviceDatabase, change: Partial<SyncMark>): Promise<SyncMark> {
  return device.transaction('rw', device.marks, async () => {
    const mark = { ...(await readMark(device)), ...change };
    await device.marks.put(mark);
    return mark;
  });
}
