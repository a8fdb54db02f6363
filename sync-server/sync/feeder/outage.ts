import type { Deps } from '../../deps.ts';

/** Something that is tried several times a second, and fails each time while the database is away: said when it begins and ends. */
export type Outage = {
  /** It failed. */
  goesOn(error: unknown): void;
  /** It worked. */
  isOver(): void;
};

export function createOutage(log: Deps['log'], what: string): Outage {
  let failures = 0;
  let since = 0;
  return {
    goesOn(error) {
      failures += 1;
      if (failures > 1) return;
      since = performance.now();
      log.error({ err: error }, `${what} failed`);
    },
    isOver() {
      if (failures === 0) return;
      log.info({ failures, seconds: Math.round((performance.now() - since) / 1000) }, `${what} works again`);
      failures = 0;
    },
  };
}
