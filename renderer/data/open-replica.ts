import type { Connection } from '../platform/session.ts';
import { answerConflict } from './answer-conflict.ts';
import { deleteReplica } from './delete-replica.ts';
import { fileUrl } from './file-url.ts';
import type { OpenOptions } from './open-options.ts';
import { openParts } from './open-parts.ts';
import { takeOwnership, type Ownership } from './single-owner.ts';
import { cell } from './store.ts';
import type { Replica } from './types.ts';

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
  const parts = await openParts(connection, options, owner);
  const { core, device, live, drafts, problems, uploads, sync, offer, views, troubles } = parts;
  await drafts.dropOldKept(clock.stamp());
  await uploads.dropOld(clock.stamp());

  // Asks the browser not to clear this origin when the disk gets full; what it answers changes nothing here.
  void globalThis.navigator?.storage?.persist?.().catch(() => false);

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
    await parts.close();
    ownership.release();
  };

  const replica: Replica = {
    actor: { id: user.id, role },
    deviceId,
    state,
    writes: troubles.watch(core.writes),
    onWriteTrouble: troubles.listen,
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
    fileUrl: (fileId) => fileUrl(connection, parts, fileId),

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
      await answerConflict(
        { read: core.read, writes: replica.writes, live, drafts, stamp: clock.stamp },
        problem,
        choice,
      );
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
      await deleteReplica(parts.name, device.name, options.indexedDB);
    },
  };

  ownership.onAsked(() => {
    if (state.get() === 'open') state.set('taken_over');
    void replica.close().then(() => options.onTakenOver?.());
  });
  return replica;
}
