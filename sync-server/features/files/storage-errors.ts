import type { StorageErrorBody } from '#contract/api/files.ts';
import { errorStatus, type ErrorCode } from '#contract/errors.ts';
import { AppError, sentences, toAppError } from '../../http/errors.ts';

/** How storage-js hears of a refusal: `error` is its family, `code` its name in Supabase's list. */
type Shape = { status: number; error: string; code: string };

/** Supabase's names for our codes; where it answers another status than we do elsewhere, its own counts here. */
const shapes: Partial<Record<ErrorCode, Shape>> = {
  AUTH_REQUIRED: { status: 401, error: 'Unauthorized', code: 'InvalidJWT' },
  PERMISSION_DENIED: { status: 403, error: 'Unauthorized', code: 'AccessDenied' },
  ACCOUNT_RESTRICTED: { status: 403, error: 'Unauthorized', code: 'AccessDenied' },
  LOGIN_BLOCKED: { status: 403, error: 'Unauthorized', code: 'AccessDenied' },
  NOT_FOUND: { status: 404, error: 'not_found', code: 'NoSuchKey' },
  CONFLICT: { status: 409, error: 'Duplicate', code: 'KeyAlreadyExists' },
  TOO_LARGE: { status: 413, error: 'Payload too large', code: 'EntityTooLarge' },
  FILE_TYPE: { status: 415, error: 'invalid_mime_type', code: 'InvalidMimeType' },
  INVALID_INPUT: { status: 400, error: 'invalid_request', code: 'InvalidRequest' },
  RATE_LIMIT_EXCEEDED: { status: 429, error: 'too_many_requests', code: 'SlowDown' },
  UNAVAILABLE: { status: 503, error: 'unavailable', code: 'SlowDown' },
  INTERNAL_ERROR: { status: 500, error: 'internal', code: 'InternalError' },
};

/** What only storage refuses, with the sentence its callers know. */
const refusals = {
  noSuchBucket: {
    code: 'NOT_FOUND',
    message: 'Bucket not found',
    shape: { status: 404, error: 'Bucket not found', code: 'NoSuchBucket' },
  },
  noSuchKey: {
    code: 'NOT_FOUND',
    message: 'Object not found',
    shape: { status: 404, error: 'not_found', code: 'NoSuchKey' },
  },
  invalidKey: {
    code: 'INVALID_INPUT',
    message: 'Invalid key',
    shape: { status: 400, error: 'InvalidKey', code: 'InvalidKey' },
  },
  exists: {
    code: 'CONFLICT',
    message: 'The resource already exists',
    shape: { status: 409, error: 'Duplicate', code: 'KeyAlreadyExists' },
  },
  inUse: {
    code: 'CONFLICT',
    message: 'The file is in use and stays as it is.',
    shape: { status: 409, error: 'Duplicate', code: 'ResourceLocked' },
  },
  spoiled: {
    code: 'INVALID_INPUT',
    message: 'The bytes that arrived are not the file that was announced.',
    shape: { status: 400, error: 'invalid_request', code: 'InvalidChecksum' },
  },
  fixedBuckets: {
    code: 'PERMISSION_DENIED',
    message: 'The buckets of this server are fixed: they are neither made, changed, emptied nor deleted.',
    shape: { status: 403, error: 'Unauthorized', code: 'AccessDenied' },
  },
  noTransform: {
    code: 'INVALID_INPUT',
    message: 'Pictures are served as they were uploaded; transformations are not offered.',
    shape: { status: 400, error: 'invalid_request', code: 'FeatureNotEnabled' },
  },
  noVersions: {
    code: 'INVALID_INPUT',
    message: 'Objects have no versions here.',
    shape: { status: 400, error: 'invalid_request', code: 'FeatureNotEnabled' },
  },
} as const satisfies Record<string, { code: ErrorCode; message: string; shape: Shape }>;

/** What programs look for in place of our plain sentences. */
const known: Partial<Record<ErrorCode, string>> = {
  TOO_LARGE: 'The object exceeded the maximum allowed size',
};

/** A refusal that storage-js knows by a name of its own. */
export class StorageRefusal extends AppError {
  readonly kind: keyof typeof refusals;
  constructor(kind: keyof typeof refusals) {
    super(refusals[kind].code, { message: refusals[kind].message });
    this.name = 'StorageRefusal';
    this.kind = kind;
  }
}

/** An error of ours as storage-js reads it. `message` stays our sentence. */
export function storageError(error: AppError): { status: number; body: StorageErrorBody } {
  const shape = error instanceof StorageRefusal ? refusals[error.kind].shape : shapes[error.code];
  const { status, ...names } = shape ?? { status: errorStatus[error.code], error: error.code, code: error.code };
  const message = error.message === sentences[error.code] ? (known[error.code] ?? error.message) : error.message;
  return { status, body: { statusCode: String(status), ...names, message } };
}

/** The disk is full, or this person's share of it. */
const noRoom = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Whatever was thrown, as the error a caller of storage may see: a full disk is no fault of the caller, and passes. */
export function toStorageFault(thrown: unknown): AppError {
  if (noRoom.has((thrown as NodeJS.ErrnoException).code ?? ''))
    return new AppError('UNAVAILABLE', {
      message: 'The server has no room for files.',
      retryAfter: 600,
      cause: thrown,
    });
  return toAppError(thrown);
}

const uniqueViolation = '23505';
/** Somebody else put a file under this name at the same moment. */
export const isNameTaken = (error: unknown): boolean => (error as { code?: string }).code === uniqueViolation;
