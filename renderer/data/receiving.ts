import type { WireDoc } from '#contract/protocol.ts';
import { docKey } from '#contract/tables/index.ts';
import { breathe, chunkSize, type Placement } from './apply.ts';
import { masterOf, type Master } from './documents.ts';
import type { FullSet } from './full-set.ts';
import type { Outbox } from './outbox.ts';
import type { Showing } from './showing.ts';
import type { Turns } from './turns.ts';

/** Rows the server has told of since somebody began to listen: whatever was read before is older. */
export type Heard = { has(key: string): boolean; stop(): void };

/** Takes rows from the server. */
export type Receiving = {
  /**
   * Puts them under the unsent writes and shows the result; rejects when a row could not be written. `heard`: they were read for an
   * answer to a question, and what has come since it was asked is newer. Resolves to the number of rows that were taken.
   */
  receive(docs: readonly WireDoc[], heard?: Heard): Promise<number>;
  /** Listens from now on for rows that come by the stream, in a full set or as verdicts. */
  listen(): Heard;
  /** Everything comes anew: nothing that was asked before tells of a state that is to stay. */
  noteFullSet(): void;
  /** Rows the server has just confirmed by a verdict. */
  noteSettled(masters: ReadonlyMap<string, Master>): void;
};

type Parts = { outbox: Outbox; turns: Turns; fullSet: FullSet; showing: Showing };

export function createReceiving({ outbox, turns, fullSet, showing }: Parts): Receiving {
  const listeners = new Set<{ keys: Set<string>; all: boolean }>();
  const tell = (keys: Iterable<string>): void => {
    for (const key of keys) for (const listener of listeners) listener.keys.add(key);
  };

  async function receiveChunk(docs: readonly WireDoc[], heard?: Heard): Promise<number> {
    await showing.unshown.heal();
    const arrived = new Map<string, Placement>();
    const underWrites = new Map<string, Master>();
    for (const doc of docs) {
      const { type, id } = doc;
      const key = docKey(type, id);
      // Asked inside the turn: a newer state may have been waiting for the disk when these were handed over.
      if (heard?.has(key)) continue;
      const master = masterOf(doc, key);
      if (outbox.has(key)) underWrites.set(key, master);
      arrived.set(key, { key, type, id, doc: master });
      if (!doc._deleted) fullSet.note(key);
    }
    // Under unsent writes first: a crash after this is healed at the next start from the queue and these masters.
    await outbox.putMasters(underWrites);
    await showing.showArrived(arrived);
    tell(arrived.keys());
    return arrived.size;
  }

  return {
    async receive(docs, heard) {
      let taken = 0;
      for (let from = 0; from < docs.length; from += chunkSize) {
        taken += await turns(() => receiveChunk(docs.slice(from, from + chunkSize), heard));
        await breathe();
      }
      return taken;
    },
    listen() {
      const listener = { keys: new Set<string>(), all: false };
      listeners.add(listener);
      return {
        has: (key) => listener.all || listener.keys.has(key),
        stop: () => void listeners.delete(listener),
      };
    },
    noteFullSet() {
      for (const listener of listeners) listener.all = true;
    },
    noteSettled(masters) {
      for (const [key, master] of masters) if (master) fullSet.noteConfirmed(key);
      tell(masters.keys());
    },
  };
}
