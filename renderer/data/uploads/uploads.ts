import { docKey } from '#contract/tables/index.ts';
import type { Core } from '../core.ts';
import type { DeviceDatabase, UploadRow } from '../device-database.ts';
import type { Sealer } from '../sealing.ts';
import type { AttachTarget } from '../types.ts';
import { openKeptFiles, type KeptFiles } from './kept-files.ts';
import { readPicked } from './picked-file.ts';
import { createFileSender, type FileSender, type FileSenderParts } from './send-file.ts';
import { isUnsent } from './upload-state.ts';

/** Files picked on this device: their bytes lie sealed here until the server has them, and a while after to be shown. */
export type Uploads = Pick<KeptFiles, 'rows'> &
  Pick<FileSender, 'progress'> & {
    attach(file: File, target: AttachTarget): Promise<string>;
    detach(fileId: string): Promise<void>;
    bytes(fileId: string): Promise<Blob | null>;
    /** Sends one file whose row the server already has. `idle` = none may be sent now. */
    sendNext(signal: AbortSignal): Promise<'sent' | 'idle'>;
    /** True while a file is not on the server yet. */
    areWaiting(): boolean;
    /** Lets everything that waits be tried at once. */
    hurry(): Promise<void>;
    /** Takes a file of before a wipe back, to be sent from its start. Its row is in the queue already. */
    takeBack(row: UploadRow, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
    /** Forgets the bytes of files that are safe on the server and older than the keeping time. */
    dropOld(now: Date): Promise<void>;
  };

export type UploadParts = Omit<FileSenderParts, 'kept'> & {
  core: Core;
  device: DeviceDatabase;
  sealer: Sealer;
  ownerId: string;
  now: () => Date;
};

/** How long bytes stay to be shown offline after the server has them. */
const keepDays = 30;

export async function openUploads({
  core,
  device,
  sealer,
  ownerId,
  send,
  now,
  onRefused,
}: UploadParts): Promise<Uploads> {
  const kept = await openKeptFiles(device, sealer);
  const sender = createFileSender({ kept, send, onRefused });
  const { rows } = kept;

  /** The server wants to know a file before its bytes come. */
  const maySend = (row: UploadRow): boolean =>
    isUnsent(row) &&
    (row.not_before === null || row.not_before <= Date.now()) &&
    !core.outbox.has(docKey('files', row.file_id));

  return {
    rows,
    progress: sender.progress,

    async attach(file, target) {
      const { upload, row, bytes } = await readPicked(file, target, ownerId, now());
      await kept.keep(upload, bytes);
      await core.writes.insert('files', row);
      // Only now may it be sent: its row is queued.
      kept.list(upload);
      return row.id;
    },

    async detach(fileId) {
      const queued = core.outbox.of(docKey('files', fileId)).at(-1);
      if (queued && !queued.sent) await core.writes.remove('files', fileId);
      // A row the server already has is left to it: files nobody refers to die there after 30 days (workflows 3.36).
      await kept.forget(fileId);
    },

    async bytes(fileId) {
      const held = await kept.bytes(fileId);
      return held ? new Blob([held.bytes], { type: held.mime }) : null;
    },

    async sendNext(signal) {
      const next = rows.get().find(maySend);
      if (!next) return 'idle';
      await sender.send(next, signal);
      return 'sent';
    },

    areWaiting: () => rows.get().some(isUnsent),

    async hurry() {
      for (const row of rows.get()) if (row.not_before !== null) await kept.change(row.file_id, { not_before: null });
    },

    async takeBack(before, bytes) {
      const state = before.state === 'failed' ? 'failed' : 'waiting';
      const upload: UploadRow = { ...before, state, upload_url: null, tries: 0, not_before: null };
      await kept.keep(upload, bytes);
      kept.list(upload);
    },

    async dropOld(at) {
      const oldest = new Date(at.getTime() - keepDays * 86_400_000).toISOString();
      for (const row of rows.get()) {
        if (row.state === 'ready' && row.created_at < oldest) await kept.forget(row.file_id);
      }
    },
  };
}
