import { NetworkError, SessionExpiredError } from '../../platform/errors.ts';
import { backoff, writeBackoff } from '../backoff.ts';
import type { UploadRow } from '../device-database.ts';
import { cell, type Cell } from '../store.ts';
import type { KeptFiles } from './kept-files.ts';
import { isForgotten, UploadRefusedError, type SendBytes } from './tus.ts';

export type FileSenderParts = {
  kept: KeptFiles;
  send: SendBytes;
  /** Hears of a file the server will never take. */
  onRefused(row: UploadRow, error: UploadRefusedError): Promise<void>;
};

/** Sends the bytes of one file after the other and notes how far each one is. */
export type FileSender = {
  /** What is being sent right now, by file. */
  progress: Cell<ReadonlyMap<string, number>>;
  /** Throws what another try may mend; what the server will never take is told to `onRefused`. */
  send(row: UploadRow, signal: AbortSignal): Promise<void>;
};

export function createFileSender({ kept, send, onRefused }: FileSenderParts): FileSender {
  const progress = cell<ReadonlyMap<string, number>>(new Map());

  const note = (fileId: string, sent: number | null): void => {
    const next = new Map(progress.get());
    if (sent === null) next.delete(fileId);
    else next.set(fileId, sent);
    progress.set(next);
  };

  return {
    progress,
    async send(row, signal) {
      const held = await kept.bytes(row.file_id);
      if (!held) return kept.change(row.file_id, { state: 'failed' });
      await kept.change(row.file_id, { state: 'uploading' });
      note(row.file_id, 0);
      try {
        await send(row, held.bytes, {
          signal,
          // Lost, it costs sending the file from its start again.
          onUrl: (upload_url) => void kept.change(row.file_id, { upload_url }).catch(() => undefined),
          onProgress: (sent) => note(row.file_id, sent),
        });
        await kept.change(row.file_id, { state: 'ready', upload_url: null, not_before: null });
      } catch (error) {
        await kept.change(row.file_id, afterFailure(row, error));
        if (error instanceof SessionExpiredError || error instanceof NetworkError) throw error;
        if (!(error instanceof UploadRefusedError)) throw error;
        if (!isForgotten(error)) await onRefused(row, error);
      } finally {
        note(row.file_id, null);
      }
    },
  };
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
