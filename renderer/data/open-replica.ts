import type { WipeKey } from '#contract/api/wipe.ts';
import type { DexieOptions } from 'dexie';
import type { RxStorage } from 'rxdb';
import type { Connection } from '../platform/session.ts';
import { storageClient } from '../platform/supabase.ts';
import { answerConflict } from './answer-conflict.ts';
import { openCore } from './core.ts';
import { DeviceDatabase } from './device-database.ts';
import { createDrafts } from './drafts.ts';
import { createLiveRows } from './live-rows.ts';
import { fileProblem, openProblems } from './problems.ts';
import { openSealer } from './sealing.ts';
import { ReplicaStorage } from './replica-storage.ts';
import { takeOwnership, type Ownership } from './single-owner.ts';
import { startSync } from './start-sync.ts';
import { cell } from './store.ts';
import { openTimeAnchor } from './time-anchor.ts';
import { tusSender, type SendBytes } from './uploads/tus.ts';
import type { Replica } from './types.ts';
import { openUploads } from './uploads/uploads.ts';
import { deleteReplica } from './delete-replica.ts';
import { createViews } from './views.ts';
import { HeldDatabase } from './wipe/held-database.ts';
import { openHeldOffer } from './wipe/restore-work.ts';

export type OpenOptions = {
  /** Another IndexedDB than the page's, in tests. */
  indexedDB?: Pick<DexieOptions, 'indexedDB' | 'IDBKeyRange'>;
  /** Another store for the replica than Dexie, where something else is measured than the browser. */
  storage?: RxStorage<unknown, unknown>;
  /** How file bytes leave; TUS unless given. */
  sendBytes?: SendBytes;
  /** No connection is made: what is on this device and nothing else. */
  offline?: boolean;
  /** Silence after which a stream counts as dead; the server speaks every 20 s. */
  silenceMs?: number;
  /** Operations that one request takes at most; fewer than the protocol allows in tests, whose queues are short. */
  mostPerPush?: number;
  random?: () => number;
  /** How retries wait; real time unless given. */
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Tells several replicas of one person in one page apart, in tests. */
  installation?: string;
  /** Hears of faults a person cannot do anything about, for the log. */
  onTrouble?: (error: unknown) => void;
  /** Another page of this person took the replica over; it is closed when this is called. */
  onTakenOver?: () => void;
  /** The server says that this person's data here is to be wiped before anything is synced; `key` signs its order. */
  onWipeDue?: (key: WipeKey | null) => void;
};

const dexieOptions = { chromeTransactionDurability: 'strict' } as const;

/** Opens the signed-in person's replica on this device and keeps it in step with the server. Needs no network. */
export async function openReplica(connection: Connection, options: OpenOptions = {}): Promise<Replica> {
  const owner = options.installation ? `${options.installation}-${connection.user.id}` : connection.user.id;
  const ownership = await takeOwnership(`growthos-${owner}`);
  try {
    return await openOwned(connection, options, owner, ownership);
  } catch (error) {
    ownership.release();
    throw error;
  }
}

async function openOwned(
  connection: Connection,
  options: OpenOptions,
  owner: string,
  ownership: Ownership,
): Promise<Replica> {
  const { user, role, deviceId, clock } = connection;
  const name = `growthos-${owner}`;
  const trouble = options.onTrouble ?? ((error: unknown) => console.error(error));
  const device = new DeviceDatabase(`growthos-device-${owner}`, options.indexedDB);
  const timeAnchor = await openTimeAnchor(device, clock);
  const core = await openCore({
    device,
    name,
    storage: options.storage ?? new ReplicaStorage({ ...dexieOptions, ...options.indexedDB }),
    stamp: clock.stamp,
    evidence: timeAnchor.evidence,
    onTrouble: trouble,
  });
  const live = createLiveRows(core.database);
  const sealer = await openSealer(device, connection.desktop, user.id);
  const drafts = createDrafts(device, sealer, clock.stamp);
  const problems = await openProblems({ device, now: clock.stamp, find: live.find });
  const uploads = await openUploads({
    core,
    device,
    sealer,
    ownerId: user.id,
    send: options.sendBytes ?? tusSender(connection),
    now: clock.stamp,
    onRefused: async (row, error) => {
      await problems.add(fileProblem(row, error.status, (await core.read('files', row.file_id)) ?? {}, clock.stamp()));
    },
  });
  const sync = await startSync({ core, connection, problems, uploads, timeAnchor, options, trouble });
  const heldDatabase = new HeldDatabase(options.installation, options.indexedDB);
  const offer = await openHeldOffer({ held: heldDatabase, core, connection, sealer, drafts, problems, uploads });
  const views = createViews({ core, live, problems, uploads, sync, clock, expired: connection.expired });
  await drafts.dropOldKept(clock.stamp());
  await uploads.dropOld(clock.stamp());

  // Asks the browser not to clear this origin when the disk gets full; what it answers changes nothing here.
  void globalThis.navigator?.storage?.persist?.().catch(() => false);

  const fetchToken = (): Promise<string> => connection.accessToken();
  const leaveSession = connection.onSignOut(async (mode) => {
    if (mode === 'sync' && !(await replica.flush(30_000))) return false;
    // A wipe goes on over the closed databases: what is unsent in them is kept first.
    if (mode === 'wipe') await replica.close();
    else await replica.destroy();
    return true;
  });

  const state = cell<'open' | 'taken_over' | 'closed'>('open');
  let closing: Promise<void> | null = null;
  const shut = async (): Promise<void> => {
    leaveSession();
    views.close();
    await sync.close();
    live.close();
    await core.close();
    heldDatabase.close();
    ownership.release();
  };

  const replica: Replica = {
    actor: { id: user.id, role },
    deviceId,
    state,
    writes: core.writes,
    rows: live.rows,
    row: live.row,
    find: live.find,
    badge: views.badge,
    syncState: views.syncState,
    pending: views.pending,
    problems: views.problems,
    upload: views.upload,
    draft: drafts.draft,
    saveDraft: drafts.save,
    clearDraft: drafts.clear,
    listDrafts: drafts.list,
    trustedNow: clock.now,
    stamp: clock.stamp,
    syncNow: sync.now,
    flush: sync.flush,
    rebuild: sync.rebuild,
    attach: uploads.attach,
    detach: uploads.detach,

    async fileUrl(fileId) {
      const bytes = await uploads.bytes(fileId);
      if (bytes) return URL.createObjectURL(bytes);
      const row = await core.read('files', fileId);
      if (!row || connection.expired()) return null;
      const storage = await storageClient(connection.serverUrl, connection.fetch, fetchToken);
      const { data } = await storage.from(row.bucket as string).createSignedUrl(row.path as string, 600);
      return data?.signedUrl ?? null;
    },

    async discardPending(key) {
      const [kind, id = ''] = key.split(':');
      if (kind === 'file') return uploads.detach(id);
      await sync.discardWrite(Number(id));
    },

    async discardProblem(key) {
      const own = problems.rows.get().find((problem) => problem.key === key);
      const rejections = own ? own.rejections : [key];
      for (const id of rejections) await sync.acknowledge(id);
      if (own) await problems.remove(key);
    },

    async resolveConflict(key, choice) {
      const problem = problems.rows.get().find((known) => known.key === key);
      if (!problem) return;
      await answerConflict({ core, live, drafts, stamp: clock.stamp }, problem, choice);
      await replica.discardProblem(key);
    },

    held: offer.summary,
    readHeld: offer.read,
    restoreHeld: offer.putBack,

    diagnostics: sync.diagnostics,
    close() {
      if (state.get() === 'open') state.set('closed');
      return (closing ??= shut());
    },
    async destroy() {
      await replica.close();
      await deleteReplica(name, device.name, options.indexedDB);
    },
  };

  ownership.onAsked(() => {
    if (state.get() === 'open') state.set('taken_over');
    void replica.close().then(() => options.onTakenOver?.());
  });
  return replica;
}
