import type { Connection } from '../platform/session.ts';
import type { Core } from './core.ts';
import type { LinkState } from './link-state.ts';
import type { Problems } from './problems.ts';
import { countRows, openFamilies } from './replica-database.ts';
import type { FactKeeper } from './sync-facts.ts';
import type { Uploads } from './uploads/uploads.ts';

type Parts = {
  core: Core;
  connection: Connection;
  facts: FactKeeper;
  problems: Problems;
  uploads: Uploads;
  link: LinkState;
};

/** What helps to find a fault, and nothing a person wrote or is called. */
export async function readDiagnostics({
  core,
  connection,
  facts,
  problems,
  uploads,
  link,
}: Parts): Promise<Record<string, unknown>> {
  const rows = await Promise.all(
    openFamilies.map(async (family) => [family, await countRows(core.database, family)] as const),
  );
  const { checkpoint, ...mark } = facts.get().mark;
  return {
    ...mark,
    has_checkpoint: checkpoint !== null,
    link,
    device_id: connection.deviceId,
    clock_skew_ms: connection.clock.skewMs(),
    queued: core.outbox.rows.get().map(({ type, verb, sent, tries }) => ({ type, verb, sent, tries })),
    uploads: uploads.rows.get().map(({ state, bytes, tries }) => ({ state, bytes, tries })),
    problems: problems.rows.get().map(({ kind, type, code, at }) => ({ kind, type, code, at })),
    rows: Object.fromEntries(rows),
  };
}
