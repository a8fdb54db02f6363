import type { ErrorCode } from '#contract/errors.ts';

/**
 * No answer, or one that is not our server's (a school's proxy page, a gateway's 502): try again later. Never a refusal
 * and never the end of a session (safety 6, 9).
 */
export class NetworkError extends Error {
  /** True when something answered, but not our server. */
  readonly answered: boolean;
  /** Seconds to wait, where the answer said so. */
  readonly retryAfter: number | null;
  constructor(message: string, options: { answered?: boolean; retryAfter?: number | null; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'NetworkError';
    this.answered = options.answered ?? false;
    this.retryAfter = options.retryAfter ?? null;
  }
}

/** The server itself said no, with one of the contract's codes. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly details: unknown;
  readonly requestId: string | null;
  readonly retryAfter: number | null;
  constructor(answer: {
    code: ErrorCode;
    status: number;
    message: string;
    details?: unknown;
    requestId?: string | null;
    retryAfter?: number | null;
  }) {
    super(answer.message);
    this.name = 'ApiError';
    this.code = answer.code;
    this.status = answer.status;
    this.details = answer.details ?? null;
    this.requestId = answer.requestId ?? null;
    this.retryAfter = answer.retryAfter ?? null;
  }
}

/** The server no longer takes this device's session; sign in again. Data and queue stay. */
export class SessionExpiredError extends Error {
  constructor() {
    super('the session was ended by the server');
    this.name = 'SessionExpiredError';
  }
}
