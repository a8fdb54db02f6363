import type { Doc } from '#contract/define-table.ts';
import type { RefusalCode } from '#contract/errors.ts';
import type { Actor } from '#contract/roles.ts';
import type { tables, TableName } from '#contract/tables/index.ts';

/** A document of a table, as screens read it: the server's row with this device's unsent columns laid over it. */
export type DocOf<T extends TableName> = Doc<(typeof tables)[T]>;

/** Mango selector over a table's columns, as RxDB takes it. */
export type Selector = Record<string, unknown>;
export type RowsOptions = { sort?: Record<string, 'asc' | 'desc'>[]; limit?: number };

/**
 * Local writes: durable on this device when the promise resolves, sent when there is a network.
 * Only columns named in the table's contract may be given; rules are checked by the caller (`contract/rules`).
 */
export type Writes = {
  /** Creates a row; the id is made here (UUIDv7, or UUIDv5 of the natural key) unless given. Resolves to the id. */
  insert<T extends TableName>(type: T, row: Partial<DocOf<T>>): Promise<string>;
  /**
   * `seen`: the row as its person has it in front of them, where that may be a while ago (an open editor). A text that came since then
   * from elsewhere is not written over unseen: the server merges the two or keeps both.
   */
  update<T extends TableName>(type: T, id: string, set: Partial<DocOf<T>>, seen?: Partial<DocOf<T>>): Promise<void>;
  remove<T extends TableName>(type: T, id: string): Promise<void>;
};

/**
 * Why what a person just did is not on the screen. `disk`: this computer's disk refused it; `unseen`: an earlier change of the row was
 * not on the screen yet; `gone`: the row is no more. Nothing of these was kept. `hidden`: it is kept and will be sent, but the disk
 * could not show it.
 */
export type WriteTrouble = 'disk' | 'unseen' | 'gone' | 'hidden';

/** Sync badge of something the user wrote (screens 3.2); null = nothing to say. `accepted` shows for 2 s. */
export type SyncBadge = 'waiting' | 'sending' | 'accepted' | 'attention' | 'conflict';

/** Status pill states, by rank high → low (screens 3.1). `data-state` of `data-testid="sync-pill"`. */
export type SyncStatus =
  | 'expired'
  | 'problem'
  | 'full'
  | 'outdated'
  | 'unreachable'
  | 'offline'
  | 'preparing'
  | 'syncing'
  | 'waiting'
  | 'uptodate';

export type SyncState = {
  status: SyncStatus;
  /** Operations and files not yet on the server. */
  waiting: number;
  /** Refused or conflicting changes that need a person. */
  problems: number;
  /** First sync: documents applied and expected; `ready` once the app may start. */
  progress: { applied: number; expected: number | null; bytes: number; ready: boolean } | null;
  lastSyncAt: Date | null;
  oldestWaitingAt: Date | null;
  nextTryAt: Date | null;
  /** Device clock minus server clock in ms, as last seen; null = never spoken to the server. */
  clockSkewMs: number | null;
  leaseUntil: Date | null;
  /** The app or the server is too old for the other, so nothing new arrives; what is written here is still sent. */
  outdated: 'app' | 'server' | null;
};

/** One line of the queue in sync details: a write or a file that waits. */
export type PendingItem = {
  key: string;
  type: TableName;
  id: string;
  createdAt: Date;
  tries: number;
  nextTryAt: Date | null;
  state: 'waiting' | 'sending';
  bytes: number | null;
  set: Record<string, unknown>;
};

/** A change the server did not take; its content is kept until the person discards it (screens 3.3, 3.4). */
export type Problem = {
  key: string;
  kind: 'refused' | 'conflict';
  type: TableName;
  id: string;
  code: RefusalCode;
  message: string;
  at: Date;
  /** What this device wanted to write, in full. */
  mine: Record<string, unknown>;
  /** The row as the server has it, null when there is none for this person. */
  theirs: Record<string, unknown> | null;
};

export type Upload = {
  fileId: string;
  state: 'waiting' | 'uploading' | 'ready' | 'failed';
  sent: number;
  total: number;
};

/** Where a picked file belongs; bytes are copied into the device's sealed store at once. */
export type AttachTarget = {
  bucket: 'assignment-submissions' | 'attachments' | 'student-documents';
  linked_table: TableName;
  linked_id: string;
  /**
   * What the file lies under where that is not the row itself: the assignment of work (whose limits the server then applies), the
   * ticket of an answer, the conversation of a message, the question of an onboarding answer.
   */
  subject_id?: string;
};

/** What a person keeps on this device only, sealed: `undefined` value = still being read, null = nothing kept. */
export type DraftState<T> = { value: T | null | undefined; savedAt: Date | null };

/** A draft in a list, newest first. */
export type DraftEntry = { key: string; value: unknown; savedAt: Date };

/** A value that changes, in the shape React's `useSyncExternalStore` reads. */
export type Store<T> = { get(): T; subscribe(listener: () => void): () => void };

/** Work that was kept when this device was wiped. */
export type HeldSummary = { pieces: number; keptAt: Date };
/** One piece of it, with all of its text. `type`: null for a draft, and for a table this app does not know. */
export type HeldPiece = {
  key: string;
  kind: 'write' | 'problem' | 'draft';
  type: TableName | null;
  at: Date;
  text: string;
  columns: Record<string, unknown>;
  files: string[];
};

/** What a person may answer to a conflict (screens 3.3). */
export type ConflictChoice = 'send_mine' | 'keep_theirs';

/** The signed-in person's local side of the product: one per user and device. */
export type Replica = {
  actor: Actor;
  deviceId: string;
  /** `taken_over`: another page of this person opened the replica, this one only says so; `closed`: on purpose. */
  state: Store<'open' | 'taken_over' | 'closed'>;
  writes: Writes;
  /** Hears of every write that failed, or could not be shown, from now on; answers how to stop. */
  onWriteTrouble(listener: (trouble: WriteTrouble) => void): () => void;
  /** Live rows of a table; undefined until first read. Equal arguments give the same store. */
  rows<T extends TableName>(type: T, selector?: Selector, options?: RowsOptions): Store<DocOf<T>[] | undefined>;
  /** One live row; undefined until first read, null when there is none. */
  row<T extends TableName>(type: T, id: string): Store<DocOf<T> | null | undefined>;
  /** The rows as they are now, for actions that need them once. */
  find<T extends TableName>(type: T, selector?: Selector, options?: RowsOptions): Promise<DocOf<T>[]>;
  badge(type: TableName, id: string): Store<SyncBadge | null>;
  syncState: Store<SyncState>;
  pending: Store<PendingItem[]>;
  problems: Store<Problem[]>;
  upload(fileId: string): Store<Upload | null>;
  draft(key: string): Store<DraftState<unknown>>;
  saveDraft(key: string, value: unknown): Promise<void>;
  clearDraft(key: string): Promise<void>;
  /** Drafts whose key begins so, newest first. */
  listDrafts(prefix: string): Promise<DraftEntry[]>;
  /** Trusted time: last server time plus monotonic time since; null when it cannot be trusted (first start offline). */
  trustedNow(): Date | null;
  /** Time to write into a row: trusted where known, and never before an earlier stamp, whatever the computer's clock says. */
  stamp(): Date;
  syncNow(): void;
  /** Resolves true when everything that can be sent was sent, false when `timeoutMs` passed first. */
  flush(timeoutMs: number): Promise<boolean>;
  /** Drops the local copy and pulls it again; outbox, drafts and files stay. */
  rebuild(): Promise<void>;
  /** Copies the bytes of a picked file onto this device and queues its upload; resolves to the `files` row id. */
  attach(file: File, target: AttachTarget): Promise<string>;
  detach(fileId: string): Promise<void>;
  /** Object URL or signed URL that shows a file; null when it is neither on this device nor reachable. Caller revokes blob URLs. */
  fileUrl(fileId: string): Promise<string | null>;
  /** Gives up a queued write that was never sent, or one that waits; the row shows the server's version again. */
  discardPending(key: string): Promise<void>;
  discardProblem(key: string): Promise<void>;
  /**
   * Answers a conflict. `send_mine` writes what the device wanted on top of what the server has now (a new attempt for a
   * submission); `keep_theirs` keeps mine under the drafts `kept/…` for 90 days. Throws `ConflictClosedError` where
   * sending again is not offered (the attempt was approved or another one is in review).
   */
  resolveConflict(key: string, choice: ConflictChoice): Promise<void>;
  /** Work kept through a wipe, null when there is none. */
  held: Store<HeldSummary | null>;
  /** What was kept; the server opens it. Throws `NetworkError` or `ApiError`. */
  readHeld(): Promise<HeldPiece[]>;
  /** Puts what was kept back into the queue and the drafts; the server says what it still takes. Throws as `readHeld`. */
  restoreHeld(): Promise<void>;
  /** Facts for *Copy diagnostics*: no content, no names. */
  diagnostics(): Promise<Record<string, unknown>>;
  close(): Promise<void>;
  /** Closes and deletes everything this person has on this device, the queue included. */
  destroy(): Promise<void>;
};

/** Sending mine is no longer possible: the attempt was approved meanwhile, or another one is in review. */
export class ConflictClosedError extends Error {
  readonly reason: 'already_approved' | 'submission_open' | 'gone';
  constructor(reason: 'already_approved' | 'submission_open' | 'gone') {
    super(`the conflict can no longer be answered by sending: ${reason}`);
    this.name = 'ConflictClosedError';
    this.reason = reason;
  }
}
