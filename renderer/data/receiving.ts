import type { WireDoc } from '#contract/protocol.ts';
import { docKey } from '#contract/tables/index.ts';
import { breathe, chunkSize, type Placement } from './apply.ts';
import { masterOf, type Master } from './documents.ts';
import type { FullSet } from './full-set.ts';
import type { Outbox } from './outbox.ts';
import type { Showing } from './showing.ts';
import type { Turns } from './turns.ts';

/** Takes rows from the server. */
export type Receiving = {
  /** Puts them under the unsent writes and shows the result; rejects when a row could not be written. */
  receive(docs: readonly WireDoc[]): Promise<void>;
  /** Hears the keys of every server row that came, by the stream or as a verdict. */
  onReceived(listener: (keys: readonly string[]) => void): () => void;
  /** Rows the server has just confirmed by a verdict. */
  noteSettled(masters: ReadonlyMap<string, Master>): void;
};

type Parts = { outbox: Outbox; turns: Turns; fullSet: FullSet; showing: Showing };

export function createReceiving({ outbox, turns, fullSet, showing }: Parts): Receiving {
  const listeners = new Set<(keys: readonly string[]) => void>();
  const tell = (keys: readonly string[]): void => listeners.forEach((listener) => listener(keys));

  async function receiveChunk(docs: readonly WireDoc[]): Promise<void> {
    await showing.unshown.heal();
    const arrived = new Map<string, Placement>();
    const underWrites = new Map<string, Master>();
    for (const doc of docs) {
      const { type, id } = doc;
      const key = docKey(type, id);
      const master = masterOf(doc, key);
      if (outbox.has(key)) underWrites.set(key, master);
      arrived.set(key, { key, type, id, doc: master });
      if (!doc._deleted) fullSet.note(key);
    }
    // Under unsent writes first: a crash after this is healed at the next start from the queue and these masters.
    await outbox.putMasters(underWrites);
    await showing.showArrived(arrived);
    tell([...arrived.keys()]);
  }

  return {
    async receive(docs) {
      for (let from = 0; from < docs.length; from += chunkSize) {
        await turns(() => receiveChunk(docs.slice(from, from + chunkSize)));
        await breathe();
      }
    },
    onReceived(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    noteSettled(masters) {
      for (const [key, master] of masters) if (master) fullSet.note(key);
      tell([...masters.keys()]);
    },
  };
}
