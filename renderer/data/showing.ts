import { byFamily, chunkSize, place, type Placement } from './apply.ts';
import type { Master, RowName } from './documents.ts';
import type { FullSet } from './full-set.ts';
import type { Outbox } from './outbox.ts';
import { overlay } from './overlay.ts';
import type { ReplicaDatabase } from './replica-database.ts';
import { createUnshown, type Unshown } from './unshown.ts';

/** Writes into the replica what a screen shall see, and remembers what it could not. Call inside a turn. */
export type Showing = {
  /** Lays the unsent writes over the master of each row, all but those in `without` (by `seq`), and shows what comes of it. */
  show(rows: readonly RowName[], masterOf: (key: string) => Master, without?: ReadonlySet<number>): Promise<void>;
  /** Shows rows as the server sent them, with the unsent writes over those that have any. */
  showArrived(arrived: ReadonlyMap<string, Placement>): Promise<void>;
  unshown: Unshown;
};

type Parts = { database: ReplicaDatabase; outbox: Outbox; fullSet: FullSet };

export function createShowing({ database, outbox, fullSet }: Parts): Showing {
  async function placeAll(placements: readonly Placement[], areArriving: boolean): Promise<void> {
    const placing = [...byFamily(placements)].map(async ([family, list]) => {
      const areNew = areArriving && (await fullSet.isBlank(family));
      for (let from = 0; from < list.length; from += chunkSize) {
        await place(database, family, list.slice(from, from + chunkSize), areNew);
      }
    });
    // Each family has a disk of its own to wait for. The turn lasts until all of them are done, whatever fails.
    for (const done of await Promise.allSettled(placing)) if (done.status === 'rejected') throw done.reason;
  }

  const show: Showing['show'] = async (rows, masterFor, without) => {
    const placements = rows.map(({ key, type, id }): Placement => {
      const edits = outbox.of(key).filter(({ seq }) => !without?.has(seq));
      return { key, type, id, doc: overlay(masterFor(key), edits) };
    });
    await placeAll(placements, false);
    for (const { key } of rows) unshown.drop(key);
  };

  /** As it stands in the queue; where nothing of it is left there, as it stood when it could not be shown. */
  const unshown = createUnshown(({ key, type, id }, master) =>
    show([{ key, type, id }], () => (outbox.has(key) ? outbox.master(key) : master)),
  );

  return {
    show,
    async showArrived(arrived) {
      const placements = [...arrived.values()];
      for (const placement of placements)
        if (outbox.has(placement.key)) placement.doc = overlay(placement.doc, outbox.of(placement.key));
      await placeAll(placements, true);
      for (const key of arrived.keys()) unshown.drop(key);
    },
    unshown,
  };
}
