import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors, isResponseSerializationError } from 'fastify-type-provider-zod';
import { errorStatus, type ErrorCode } from '#contract/errors.ts';
import { isOutage } from './outages.ts';

/** English for logs and for callers without our interface; the app shows its own words for the code. */
export const sentences: Record<ErrorCode, string> = {
  AUTH_REQUIRED: 'Sign in first.',
  PERMISSION_DENIED: 'This account may not do that.',
  ACCOUNT_RESTRICTED: 'This account is limited to billing, tickets, messages and own work.',
  LOGIN_BLOCKED: 'This account may not sign in.',
  WIPE_DUE: 'This device must first forget what it holds.',
  INVALID_INPUT: 'Some fields do not fit.',
  NOT_FOUND: 'There is nothing here.',
  CONFLICT: 'This changed in the meantime.',
  IN_PROGRESS: 'The same request is still running.',
  IDEMPOTENCY_MISMATCH: 'This Idempotency-Key was used for another request.',
  RATE_LIMIT_EXCEEDED: 'Too many requests. Wait a little.',
  TOO_LARGE: 'The body is too large.',
  FILE_TYPE: 'This kind of file is not accepted.',
  UPGRADE_REQUIRED: 'This app is too old for the server.',
  UPSTREAM_FAILED: 'An outside service answered with an error.',
  UNAVAILABLE: 'The server cannot answer right now.',
  UPSTREAM_TIMEOUT: 'An outside service did not answer in time.',
  INTERNAL_ERROR: 'Something went wrong on the server.',
};

export type AppErrorOptions = {
  /** Replaces the code's usual sentence; shown to the caller, so never with another person's data. */
  message?: string;
  /** Machine-readable facts for the caller, such as the fields that do not fit. */
  details?: unknown;
  /** Seconds the caller should wait, for `RATE_LIMIT_EXCEEDED` and `UNAVAILABLE`. */
  retryAfter?: number;
  cause?: unknown;
};

/** The one error services throw; everything else becomes INTERNAL_ERROR without detail. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: unknown;
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, { message, details, retryAfter, cause }: AppErrorOptions = {}) {
    super(message ?? sentences[code], { cause });
    this.name = 'AppError';
    this.code = code;
    this.details = details;
    this.retryAfter = retryAfter;
  }
}

/** Body of every failure outside `/auth/v1` (workflows 0.2). */
export function errorBody(error: AppError, requestId: string): Record<string, unknown> {
  const { code, details, message } = error;
  return { success: false, error: message, code, ...(details === undefined ? {} : { details }), requestId };
}

const insufficientPrivilege = '42501';

/** Whatever was thrown, as the error a caller may see. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (!(error instanceof Error)) return new AppError('INTERNAL_ERROR', { cause: error });
  if (hasZodFastifySchemaValidationErrors(error)) {
    const details = error.validation.map(({ instancePath, message }) => ({ path: instancePath, message }));
    return new AppError('INVALID_INPUT', { details, cause: error });
  }
  if (isResponseSerializationError(error)) return new AppError('INTERNAL_ERROR', { cause: error });
  if (isOutage(error)) return new AppError('UNAVAILABLE', { retryAfter: 2, cause: error });
  const { code, statusCode, severity } = error as Partial<FastifyError> & { severity?: string };
  if (severity !== undefined && code === insufficientPrivilege)
    return new AppError('PERMISSION_DENIED', { cause: error });
  if (severity === undefined) {
    if (statusCode === 413) return new AppError('TOO_LARGE', { cause: error });
    if (statusCode === 415)
      return new AppError('FILE_TYPE', { message: 'This content type is not accepted.', cause: error });
    if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
      return new AppError('INVALID_INPUT', { message: 'The request could not be read.', cause: error });
  }
  return new AppError('INTERNAL_ERROR', { cause: error });
}

/** Logs what the operator needs to see: bugs with their stack, refusals as one quiet line. */
export function logError(request: FastifyRequest, error: AppError): void {
  request.refusedWith = error.code;
  // Asking somebody to come again (a stream that a newer one replaced) without anything having failed is no error.
  const isAskedAgain = error.code === 'UNAVAILABLE' && error.cause === undefined;
  if (errorStatus[error.code] < 500 || isAskedAgain) request.log.info({ code: error.code }, 'refused');
  else request.log.error({ code: error.code, err: error.cause ?? error }, 'failed');
}

/** Answers every thrown error and every unknown address in the one shape. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler(async (thrown, request, reply) =>
    sendError(request, reply, toAppError((await refusalOf(request)) ?? thrown)),
  );
  app.setNotFoundHandler((request, reply) => sendError(request, reply, new AppError('NOT_FOUND')));
}

/** A route that went ahead of its session's answer tells of no other fault before that: whoever is out hears only so. */
async function refusalOf({ confirmed }: FastifyRequest): Promise<unknown> {
  try {
    await confirmed;
    return null;
  } catch (refusal) {
    return refusal;
  }
}

export function sendError(request: FastifyRequest, reply: FastifyReply, error: AppError): FastifyReply {
  logError(request, error);
  if (error.retryAfter !== undefined) reply.header('retry-after', error.retryAfter);
  return reply.status(errorStatus[error.code]).send(errorBody(error, request.id));
}
