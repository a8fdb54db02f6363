import type { StorageErrorBody } from '#contract/api/files.ts';
import { errorStatus, type ErrorCode } from '#contract/errors.ts';
import type { AppError } from '../../http/errors.ts';

/** Supabase's names for what went wrong; storage-js hands them to its callers. */
const names: Partial<Record<ErrorCode, { error: string; code: string }>> = {
  AUTH_REQUIRED: { error: 'Unauthorized', code: 'InvalidJWT' },
  PERMISSION_DENIED: { error: 'Unauthorized', code: 'AccessDenied' },
  ACCOUNT_RESTRICTED: { error: 'Unauthorized', code: 'AccessDenied' },
  NOT_FOUND: { error: 'not_found', code: 'NoSuchKey' },
  CONFLICT: { error: 'Duplicate', code: 'KeyAlreadyExists' },
  TOO_LARGE: { error: 'Payload too large', code: 'EntityTooLarge' },
  FILE_TYPE: { error: 'invalid_mime_type', code: 'InvalidMimeType' },
  INVALID_INPUT: { error: 'invalid_request', code: 'InvalidRequest' },
};

/** An error of ours as storage-js reads it. `message` stays our sentence. */
export function storageError(error: AppError): { status: number; body: StorageErrorBody } {
  const status = errorStatus[error.code];
  const name = names[error.code] ?? { error: error.code, code: error.code };
  return { status, body: { statusCode: String(status), ...name, message: error.message } };
}
