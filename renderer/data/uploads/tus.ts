import { DetailedError, Upload } from 'tus-js-client';
import { uploadChunkBytes } from '#contract/api/files.ts';
import { deviceHeaders } from '#contract/api/identity.ts';
import { NetworkError } from '../../platform/errors.ts';
import type { Connection } from '../../platform/session.ts';
import type { UploadRow } from '../device-database.ts';

/** The server will never take these bytes (too large, wrong kind, not this person's). */
export class UploadRefusedError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.name = 'UploadRefusedError';
    this.status = status;
  }
}

export type SendBytes = (
  row: UploadRow,
  bytes: Uint8Array<ArrayBuffer>,
  events: { onUrl(url: string): void; onProgress(sent: number): void; signal: AbortSignal },
) => Promise<void>;

/** The address of a half-finished upload is unknown to the server (it forgot it): begin again. */
const forgotten = new Set([404, 410]);
/** Answers that trying again does not change. */
const refusals = new Set([400, 403, 413, 415, 422]);

/** One resumable upload; `wrap` turns bytes into what tus-js-client reads in this environment (a Blob in the browser). */
export function tusSender(
  connection: Connection,
  wrap: (bytes: Uint8Array<ArrayBuffer>, mime: string) => Blob = (bytes, mime) => new Blob([bytes], { type: mime }),
): SendBytes {
  return (row, bytes, { onUrl, onProgress, signal }) =>
    new Promise<void>((resolve, reject) => {
      const upload = new Upload(wrap(bytes, row.mime), {
        endpoint: `${connection.serverUrl}/storage/v1/upload/resumable`,
        uploadUrl: row.upload_url,
        uploadSize: row.bytes,
        chunkSize: uploadChunkBytes,
        retryDelays: null,
        storeFingerprintForResuming: false,
        removeFingerprintOnSuccess: true,
        metadata: { bucketName: row.bucket, objectName: row.path, contentType: row.mime, fileId: row.file_id },
        async onBeforeRequest(request) {
          request.setHeader('Authorization', `Bearer ${await connection.accessToken()}`);
          request.setHeader(deviceHeaders.id, connection.deviceId);
        },
        onUploadUrlAvailable: () => upload.url && onUrl(upload.url),
        onProgress: (sent) => onProgress(sent),
        onSuccess: () => resolve(),
        onError: (error) => reject(meaningOf(error)),
      });
      signal.addEventListener('abort', () => {
        void upload.abort().then(() => reject(new NetworkError('the upload was stopped')));
      });
      upload.start();
    });
}

/** Exported for its test: only our own server's JSON may refuse; whatever else answers is the network. */
export function meaningOf(error: Error): Error {
  const response = error instanceof DetailedError ? error.originalResponse : null;
  if (!response) return new NetworkError('the upload broke off', { cause: error });
  const status = response.getStatus();
  const ours = (response.getHeader('content-type') ?? '').includes('json');
  if (ours && refusals.has(status)) return new UploadRefusedError(status, response.getBody());
  if (forgotten.has(status)) return new UploadRefusedError(status, 'forgotten');
  return new NetworkError(`the upload was answered ${status}`, { answered: true, cause: error });
}

export const isForgotten = (error: unknown): boolean =>
  error instanceof UploadRefusedError && forgotten.has(error.status);
