import { openedHeldWorkSchema } from '#contract/api/wipe.ts';
import { findTable } from '#contract/tables/index.ts';
import { createApi } from '../../platform/api.ts';
import type { Connection } from '../../platform/session.ts';
import type { Core } from '../core.ts';
import type { DeviceDatabase, OutboxRow, ProblemRow } from '../device-database.ts';
import { keptPrefix, type Drafts } from '../drafts.ts';
import type { Problems } from '../problems.ts';
import type { Sealer } from '../sealing.ts';
import { cell } from '../store.ts';
import type { HeldPiece, HeldSummary, Store } from '../types.ts';
import type { Uploads } from '../uploads/uploads.ts';
import type { HeldDatabase, HeldRow } from './held-database.ts';
import { piecesOf } from './pieces.ts';
import { openedSealer } from './seal-work.ts';
import { parseHeldWork, type HeldWork } from './work.ts';

/** Work that was kept when this device was wiped, offered to its person again (screens 3.8). */
export type HeldOffer = {
  /** Null: there is none. */
  summary: Store<HeldSummary | null>;
  /** What was kept, to be read. The server opens it; throws `NetworkError` or `ApiError`. */
  read(): Promise<HeldPiece[]>;
  /** Puts everything back where it was: the queue goes on sending it, and the server says what it still takes. */
  putBack(): Promise<void>;
};

export type HeldOfferParts = {
  held: HeldDatabase;
  core: Core;
  connection: Connection;
  sealer: Sealer;
  drafts: Drafts;
  problems: Problems;
  uploads: Uploads;
};

type Opened = { row: HeldRow; work: HeldWork; box: Sealer };

export async function openHeldOffer(parts: HeldOfferParts): Promise<HeldOffer> {
  const { held, connection } = parts;
  const api = createApi(async () => connection);
  const summary = cell<HeldSummary | null>(summaryOf(await rowsOf(held, connection.user.id)));

  async function open(): Promise<Opened[]> {
    const rows = await rowsOf(held, connection.user.id);
    return Promise.all(
      rows.map(async (row) => {
        const { kid, sealed_key } = row;
        const opened = openedHeldWorkSchema.parse(await api.command('open-held-work', { kid, sealed_key }));
        const box = await openedSealer(opened.key);
        return { row, work: parseHeldWork(await box.openJson(row.sealed)), box };
      }),
    );
  }

  return {
    summary,
    read: async () => (await open()).flatMap(({ work }) => piecesOf(work)),
    async putBack() {
      for (const opened of await open()) {
        await putBackOne(parts, opened);
        // Last, so that a crash before it offers the same work again: operations keep their names and are taken once.
        await held.transaction('rw', held.held, held.files, async () => {
          await held.held.delete(opened.row.id);
          await held.files.where('held_id').equals(opened.row.id).delete();
        });
      }
      summary.set(summaryOf(await rowsOf(held, connection.user.id)));
    },
  };
}

const rowsOf = async (held: HeldDatabase, userId: string): Promise<HeldRow[]> =>
  (await held.isThere()) ? held.held.where('user_id').equals(userId).sortBy('kept_at') : [];

function summaryOf(rows: readonly HeldRow[]): HeldSummary | null {
  const last = rows.at(-1);
  return last ? { pieces: rows.reduce((sum, { pieces }) => sum + pieces, 0), keptAt: new Date(last.kept_at) } : null;
}

async function putBackOne(parts: HeldOfferParts, { row, work, box }: Opened): Promise<void> {
  const { core, problems, uploads } = parts;
  for (const { key, value } of work.drafts) await putBackDraft(parts.core.device, parts.drafts, key, value);
  for (const problem of work.problems) await problems.add(problem);
  const known = work.outbox.filter(({ type }) => findTable(type));
  for (const unknown of work.outbox.filter(({ type }) => !findTable(type)))
    await problems.add(strange(unknown, row.kept_at));
  await putBackWrites(core, known);
  for (const upload of work.uploads) {
    const file = await parts.held.files.get(`${row.id}/${upload.file_id}`);
    const bytes = file && (await box.open(file.sealed));
    if (file && bytes) await uploads.takeBack(upload, bytes);
  }
}

/** What was typed since stays; the older text is then kept beside it, where texts of conflicts are kept too. */
async function putBackDraft(device: DeviceDatabase, drafts: Drafts, key: string, value: unknown): Promise<void> {
  await drafts.save((await device.drafts.get(key)) ? `${keptPrefix}${key}` : key, value);
}

/** Back into the queue under their old names, over the rows as they are now; what the server had already taken it knows. */
async function putBackWrites(core: Core, rows: readonly OutboxRow[]): Promise<void> {
  await core.turns(async () => {
    const queued = new Set(core.outbox.rows.get().map(({ op }) => op));
    const missing = rows.filter(({ op }) => !queued.has(op));
    for (const row of missing) {
      const isPushOnly = findTable(row.type)?.device.pushOnly;
      const here = isPushOnly ? null : await core.read(row.type, row.id);
      await core.outbox.takeBack(row, core.outbox.has(row.key) ? core.outbox.master(row.key) : here);
    }
    const shown = missing.filter(({ type }) => !findTable(type)?.device.pushOnly);
    const names = new Map(shown.map(({ key, type, id }) => [key, { key, type, id }]));
    await core.show([...names.values()], core.outbox.master);
  });
}

/** A write of a table this app does not know (any more): it cannot be sent, its text stays. */
const strange = (row: OutboxRow, at: string): ProblemRow => ({
  key: row.op,
  kind: 'refused',
  type: row.type,
  id: row.id,
  verb: row.verb,
  code: 'unknown',
  message: '',
  at,
  mine: row.set,
  theirs: null,
  rejections: [],
});
