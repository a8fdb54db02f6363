import { z } from 'zod';
import type { DeviceDatabase, OutboxRow, ProblemRow, UploadRow } from '../device-database.ts';
import { readQueue } from '../queue-on-disk.ts';
import type { Sealer } from '../sealing.ts';
import { isOwnWork } from '../sync-state.ts';

/** What a person wrote on this device and the server does not have. */
export type HeldWork = {
  /** Queued writes, oldest first. */
  outbox: OutboxRow[];
  /** Writes the server did not take, whose text its person has not answered yet. */
  problems: ProblemRow[];
  drafts: { key: string; saved_at: string; value: unknown }[];
  /** Files that are not on the server yet; their bytes are sealed one by one. */
  uploads: UploadRow[];
};

const rows = z.array(z.looseObject({}));
const heldWorkSchema = z.object({ outbox: rows, problems: rows, drafts: rows, uploads: rows });

/** Only this app writes held work, sealed; the shape says that it is the one it can read. */
export const parseHeldWork = (value: unknown): HeldWork => heldWorkSchema.parse(value) as unknown as HeldWork;

/** Gathers it. A draft or a file sealed under a key that is gone cannot be read by anybody and is left out. */
export async function gatherWork(device: DeviceDatabase, sealer: Sealer): Promise<HeldWork> {
  const drafts = await Promise.all(
    (await device.drafts.toArray()).map(async ({ key, saved_at, sealed }) => ({
      key,
      saved_at,
      value: await sealer.openJson(sealed),
    })),
  );
  return {
    outbox: await readQueue(device),
    problems: await device.problems.toArray(),
    drafts: drafts.filter(({ value }) => value !== null),
    uploads: (await device.uploads.toArray()).filter(({ state }) => state !== 'ready'),
  };
}

/** As many as a person would count: rows they wrote, drafts, texts that came back; files go with what names them. */
export const countPieces = ({ outbox, problems, drafts }: HeldWork): number =>
  new Set(outbox.filter((row) => row.type !== 'files' && isOwnWork(row)).map(({ key }) => key)).size +
  problems.length +
  drafts.length;

export const isEmpty = ({ outbox, problems, drafts, uploads }: HeldWork): boolean =>
  outbox.length + problems.length + drafts.length + uploads.length === 0;
