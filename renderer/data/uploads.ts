import { v7 as uuidv7 } from 'uuid';
import { storagePath } from '#contract/api/files.ts';
import { folderFor } from '#contract/rules/file-places.ts';
import { docKey } from '#contract/tables/index.ts';
import { NetworkError, SessionExpiredError } from '../platform/errors.ts';
import { backoff, writeBackoff } from './backoff.ts';
import type { Core } from './core.ts';
import type { DeviceDatabase, UploadRow } from './device-database.ts';
import type { Sealer } from './sealing.ts';
import { cell, type Cell } from './store.ts';
import { isForgotten, UploadRefusedError, type SendBytes } from './tus.ts';
import type { AttachTarget, Upload } from './types.ts';

/** Files picked on this device: their bytes lie sealed here until the server has them, and a while after to be shown. */
export type Uploads = {
  rows: Cell<readonly UploadRow[]>;
  /** What is being sent right now, by file. */
  progress: Cell<ReadonlyMap<string, number>>;
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

export type UploadParts = {
  core: Core;
  device: DeviceDatabase;
  sealer: Sealer;
  ownerId: string;
  send: SendBytes;
  now: () => Date;
  /** Hears of a file the server will never take. */
  onRefused(row: UploadRow, error: UploadRefusedError): Promise<void>;
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
  const rows = cell<readonly UploadRow[]>(await device.uploads.orderBy('created_at').toArray());
  const progress = cell<ReadonlyMap<string, number>>(new Map());

  async function change(fileId: string, next: Partial<UploadRow>): Promise<void> {
    const row = rows.get().find(({ file_id }) => file_id === fileId);
    if (!row) return;
    const changed = { ...row, ...next };
    // Shown before it is stored: two changes at once (an address and an end) must both build on the latest.
    rows.set(rows.get().map((known) => (known.file_id === fileId ? changed : known)));
    await device.uploads.put(changed);
  }

  const note = (fileId: string, sent: number | null): void => {
    const next = new Map(progress.get());
    if (sent === null) next.delete(fileId);
    else next.set(fileId, sent);
    progress.set(next);
  };

  async function forget(fileId: string): Promise<void> {
    await device.transaction('rw', device.uploads, device.bytes, async () => {
      await device.uploads.delete(fileId);
      await device.bytes.delete(fileId);
    });
    rows.set(rows.get().filter(({ file_id }) => file_id !== fileId));
  }

  async function bytesOf(fileId: string): Promise<{ bytes: Uint8Array<ArrayBuffer>; mime: string } | null> {
    const row = await device.bytes.get(fileId);
    const bytes = row ? await sealer.open(row.sealed) : null;
    return row && bytes ? { bytes, mime: row.mime } : null;
  }

  async function sendOne(row: UploadRow, signal: AbortSignal): Promise<void> {
    const held = await bytesOf(row.file_id);
    if (!held) return change(row.file_id, { state: 'failed' });
    await change(row.file_id, { state: 'uploading' });
    note(row.file_id, 0);
    try {
      await send(row, held.bytes, {
        signal,
        // Lost, it costs sending the file from its start again.
        onUrl: (upload_url) => void change(row.file_id, { upload_url }).catch(() => undefined),
        onProgress: (sent) => note(row.file_id, sent),
      });
      await change(row.file_id, { state: 'ready', upload_url: null, not_before: null });
    } catch (error) {
      await change(row.file_id, afterFailure(row, error));
      if (error instanceof SessionExpiredError || error instanceof NetworkError) throw error;
      if (!(error instanceof UploadRefusedError)) throw error;
      if (!isForgotten(error)) await onRefused(row, error);
    } finally {
      note(row.file_id, null);
    }
  }

  function afterFailure(row: UploadRow, error: unknown): Partial<UploadRow> {
    if (error instanceof UploadRefusedError && !isForgotten(error)) return { state: 'failed', upload_url: null };
    const later = {
      state: 'waiting' as const,
      tries: row.tries + 1,
      not_before: Date.now() + backoff(row.tries, writeBackoff),
    };
    return isForgotten(error) ? { ...later, upload_url: null } : later;
  }

  return {
    rows,
    progress,

    async attach(file, target) {
      const fileId = uuidv7();
      const bytes = new Uint8Array(await file.arrayBuffer());
      const sha256 = hex(await crypto.subtle.digest('SHA-256', bytes));
      const mime = file.type || 'application/octet-stream';
      const path = storagePath({ folder: folderFor(target, ownerId), id: fileId, ending: endingOf(file.name) });
      const upload: UploadRow = {
        file_id: fileId,
        bucket: target.bucket,
        path,
        mime,
        bytes: bytes.byteLength,
        state: 'waiting',
        upload_url: null,
        tries: 0,
        not_before: null,
        created_at: now().toISOString(),
      };
      const sealed = await sealer.seal(bytes);
      await device.transaction('rw', device.uploads, device.bytes, async () => {
        await device.bytes.put({ file_id: fileId, mime, sealed });
        await device.uploads.put(upload);
      });
      await core.writes.insert('files', {
        id: fileId,
        bucket: target.bucket,
        owner_id: ownerId,
        path,
        original_name: file.name.slice(0, 200),
        mime: mime.slice(0, 120),
        bytes: bytes.byteLength,
        sha256,
        status: 'local',
        linked_table: target.linked_table,
        linked_id: target.linked_id,
      });
      // Only now may it be sent: the server wants to know a file before its bytes come.
      rows.set([...rows.get(), upload]);
      return fileId;
    },

    async detach(fileId) {
      const queued = core.outbox.of(docKey('files', fileId)).at(-1);
      if (queued && !queued.sent) await core.writes.remove('files', fileId);
      // A row the server already has is left to it: files nobody refers to die there after 30 days (workflows 3.36).
      await forget(fileId);
    },

    async bytes(fileId) {
      const held = await bytesOf(fileId);
      return held ? new Blob([held.bytes], { type: held.mime }) : null;
    },

    async sendNext(signal) {
      const next = rows
        .get()
        .find(
          (row) =>
            isUnsent(row) &&
            (row.not_before === null || row.not_before <= Date.now()) &&
            !core.outbox.has(docKey('files', row.file_id)),
        );
      if (!next) return 'idle';
      await sendOne(next, signal);
      return 'sent';
    },

    areWaiting: () => rows.get().some(isUnsent),

    async hurry() {
      for (const row of rows.get()) if (row.not_before !== null) await change(row.file_id, { not_before: null });
    },

    async takeBack(before, bytes) {
      const state = before.state === 'failed' ? 'failed' : 'waiting';
      const upload: UploadRow = { ...before, state, upload_url: null, tries: 0, not_before: null };
      const sealed = await sealer.seal(bytes);
      await device.transaction('rw', device.uploads, device.bytes, async () => {
        await device.bytes.put({ file_id: upload.file_id, mime: upload.mime, sealed });
        await device.uploads.put(upload);
      });
      rows.set([...rows.get().filter(({ file_id }) => file_id !== upload.file_id), upload]);
    },

    async dropOld(at) {
      const oldest = new Date(at.getTime() - keepDays * 86_400_000).toISOString();
      for (const row of rows.get()) {
        if (row.state === 'ready' && row.created_at < oldest) await forget(row.file_id);
      }
    },
  };
}

/** Still to be sent, as opposed to on the server or never to be taken. */
export const isUnsent = ({ state }: UploadRow): boolean => state === 'waiting' || state === 'uploading';

/** What a screen shows of one file; null when this device never had its bytes. */
export function uploadOf(
  rows: readonly UploadRow[],
  progress: ReadonlyMap<string, number>,
  fileId: string,
): Upload | null {
  const row = rows.find(({ file_id }) => file_id === fileId);
  if (!row) return null;
  const sent = row.state === 'ready' ? row.bytes : (progress.get(fileId) ?? 0);
  return { fileId, state: row.state, sent, total: row.bytes };
}

const endingOf = (name: string): string => /\.([a-z0-9]{1,8})$/i.exec(name)?.[1]?.toLowerCase() ?? 'bin';

const hex = (buffer: ArrayBuffer): string =>
  Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
