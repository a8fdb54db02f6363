import type { Connection } from '../platform/session.ts';
import type { DailyCheck } from './daily-check.ts';
import type { ConnectionParts } from './connect.ts';
import type { FactKeeper } from './sync-facts.ts';
import type { TimeAnchor } from './time-anchor.ts';

type Parts = {
  connection: Connection;
  facts: FactKeeper;
  timeAnchor: TimeAnchor;
  check: DailyCheck;
  /** Hears of a mark that could not be stored. */
  trouble: (error: unknown) => void;
  /** Hears of a check that failed. */
  onTrouble: (error: unknown) => void;
};

/** What a pull tells beside its rows, and who on this device remembers it. */
export const createPullEvents = ({
  connection,
  facts,
  timeAnchor,
  check,
  trouble,
  onTrouble,
}: Parts): ConnectionParts['events'] => ({
  serverTime: connection.clock.observe,
  lease(lease_until) {
    if (lease_until === facts.get().mark.lease_until) return;
    void facts.setMark({ lease_until }).catch(trouble);
    if (lease_until) connection.noteLease(lease_until);
  },
  anchor(signed) {
    timeAnchor.take(signed);
    void facts.setMark({ anchor: signed }).catch(trouble);
  },
  async wipeKey(wipe_key) {
    if (wipe_key.kid !== facts.get().mark.wipe_key?.kid) await facts.setMark({ wipe_key });
  },
  progress: (applied, expected) => facts.setFirst({ applied, expected }),
  ready: () => facts.setFirst({ ready: true }),
  checkpoint(mark) {
    facts.tookCheckpoint(mark);
    void check.run().catch(onTrouble);
  },
  bytes(count) {
    const { mark, first } = facts.get();
    if (!mark.complete) facts.setFirst({ bytes: first.bytes + count });
  },
});
