import type { Core } from './core.ts';
import { tableOf, updateEdit } from './writing.ts';

/** Gives up one queued write; the row shows the server's version and the writes that are left. Not while it is on its way. */
export function discardWrite(core: Core, seq: number, letGo: (seq: number) => boolean): Promise<void> {
  return core.turns(async () => {
    const row = core.outbox.rows.get().find((queued) => queued.seq === seq);
    if (!row || !letGo(seq)) return;
    const master = core.outbox.master(row.key);
    await core.show([row], () => master, new Set([seq]));
    await core.outbox.settle({ done: [seq], waiting: [], masters: new Map([[row.key, master]]) });
  });
}

/** Queues the word that a rejection was seen, also where the row itself has not come to this device yet. */
export function acknowledgeRejection(core: Core, rejectionId: string, at: string): Promise<void> {
  return core.turns(async () => {
    const edit = updateEdit(tableOf('sync_rejections'), rejectionId, { acknowledged_at: at }, at);
    const queued = core.outbox.has(edit.key);
    const master = queued ? core.outbox.master(edit.key) : await core.read('sync_rejections', rejectionId);
    await core.outbox.add(edit, master, () => true);
    await core.show([edit], core.outbox.master);
  });
}
