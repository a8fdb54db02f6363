import type { TableContract } from '#contract/define-table.ts';
import type { Evidence } from '#contract/protocol.ts';
import type { TableName } from '#contract/tables/index.ts';
import { ApplyError } from './apply.ts';
import type { Master } from './documents.ts';
import type { NewEdit, Outbox } from './outbox.ts';
import type { Showing } from './showing.ts';
import type { Turns } from './turns.ts';
import type { Writes } from './types.ts';
import { UnshownError } from './unshown.ts';
import {
  basedOn,
  deleteEdit,
  insertOrUpdate,
  joins,
  newRowId,
  NotWritableError,
  RowGoneError,
  tableOf,
  updateEdit,
} from './writing.ts';

export type LocalWritesParts = {
  outbox: Outbox;
  turns: Turns;
  showing: Showing;
  /** The row a screen sees now. */
  read(type: string, id: string): Promise<Master>;
  /** Time to stamp writes with. */
  stamp: () => Date;
  /** What backs the time of a write made now. */
  evidence?: (() => Evidence | undefined) | undefined;
  /** Whether a write that is made now leaves at once. */
  isLeaving: () => boolean;
  /** Hears of a write that is queued but could not be shown. */
  onTrouble: (error: ApplyError) => void;
};

/** What screens write: each one becomes an edit (`writing.ts`), is queued (`outbox.ts`) and shown (`showing.ts`), in one turn. */
export function createLocalWrites({
  outbox,
  turns,
  showing,
  read,
  stamp,
  evidence,
  isLeaving,
  onTrouble,
}: LocalWritesParts): Writes {
  const { show, unshown } = showing;
  const at = (): string => stamp().toISOString();
  const dated = (table: TableContract, edit: NewEdit): NewEdit => {
    const backing = table.device.dated ? evidence?.() : undefined;
    return backing ? { ...edit, evidence: backing } : edit;
  };

  /** Durable in the queue first, shown second; whatever happens between is repaired by `restoreOverlays` (`core.ts`). */
  async function queueAndShow(edit: NewEdit, here: Master): Promise<void> {
    const table = tableOf(edit.type);
    if (table.device.pushOnly) return outbox.add(edit, null, () => false, isLeaving());
    const isUnseen = unshown.has(edit.key);
    await unshown.heal();
    if (isUnseen) throw new UnshownError(edit.type);
    const master = outbox.has(edit.key) ? outbox.master(edit.key) : here;
    await outbox.add(edit, master, (last) => joins(table, last, edit), isLeaving());
    try {
      await show([edit], (key) => (outbox.has(key) ? outbox.master(key) : master));
    } catch (error) {
      // The write itself is safe in the queue; rejecting would make the caller write it twice. It is shown as soon as the disk lets it.
      if (!(error instanceof ApplyError)) throw error;
      unshown.add(edit, master);
      onTrouble(error);
    }
  }

  async function remove(type: TableName, id: string): Promise<void> {
    const table = tableOf(type);
    const here = await read(type, id);
    if (!here) return;
    const edit = deleteEdit(table, id, at());
    const last = outbox.of(edit.key).at(-1);
    const neverSent = last !== undefined && !last.sent && joins(table, last, edit);
    if (!table.device.delete && !neverSent) throw new NotWritableError(type, 'a device deletes no rows here');
    if (neverSent && last.verb === 'insert') return giveUp(edit, last.seq);
    await queueAndShow(edit, here);
  }

  /** Nobody will remember a row that leaves the queue unsent, so it leaves the screen first: where the disk fails it is still whole. */
  async function giveUp(edit: NewEdit, seq: number): Promise<void> {
    await show([edit], outbox.master, new Set([seq]));
    await outbox.add(edit, null, () => true);
  }

  return {
    insert: (type, row) =>
      turns(async () => {
        const table = tableOf(type);
        const id = newRowId(table, row);
        const here = table.device.pushOnly ? null : await read(type, id);
        await queueAndShow(dated(table, insertOrUpdate(table, id, row, here, at())), here);
        return id;
      }),
    update: (type, id, set, seen) =>
      turns(async () => {
        const here = await read(type, id);
        if (!here) throw new RowGoneError(type, id);
        await queueAndShow(basedOn(updateEdit(tableOf(type), id, set, at()), here, seen), here);
      }),
    remove: (type, id) => turns(() => remove(type, id)),
  };
}
