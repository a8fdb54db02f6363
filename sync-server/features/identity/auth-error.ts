import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { authErrorStatus, type AuthErrorCode } from '#contract/api/identity.ts';
import { logError, toAppError, type AppError } from '../../http/errors.ts';

type Extra = {
  /** Where GoTrue answers this code with another status at this place. */
  status?: number;
  retryAfter?: number;
  weakPassword?: { reasons: string[]; message: string };
};

/** A failure in the words of supabase-js. */
export class AuthError extends Error {
  readonly code: AuthErrorCode;
  readonly extra: Extra;

  constructor(code: AuthErrorCode, message: string, extra: Extra = {}) {
    super(message);
    this.name = 'AuthError';
    this.code = code;
    this.extra = extra;
  }
}

/** One answer for a wrong address, a wrong password and a lock: it never says which. */
export const invalidCredentials = (): AuthError =>
  new AuthError(
    'invalid_credentials',
    'Invalid login credentials. After several wrong tries sign-in pauses for 15 minutes.',
  );

/** The protocol version supabase-js asks for; it reads `code` only from an answer that names it. */
const apiVersion = { name: 'x-supabase-api-version', value: '2024-01-01' };

/** Makes every failure under `/auth/v1` one that supabase-js understands. */
export function speakGotrue(app: FastifyInstance): void {
  app.addHook(
    'onRequest',
    async (_request, reply) => void reply.header(apiVersion.name, apiVersion.value).header('cache-control', 'no-store'),
  );
  app.setErrorHandler((thrown, request, reply) => {
    const error = thrown instanceof AuthError ? thrown : translate(request, toAppError(thrown));
    if (thrown instanceof AuthError) {
      request.refusedWith = error.code;
      request.log.info({ code: error.code }, 'refused');
    }
    return send(request, reply, error);
  });
}

function send(request: FastifyRequest, reply: FastifyReply, { code, message, extra }: AuthError): FastifyReply {
  const status = extra.status ?? authErrorStatus[code];
  // The guard may refuse before this plugin's own hook has run.
  reply.status(status).header(apiVersion.name, apiVersion.value);
  if (extra.retryAfter !== undefined) reply.header('retry-after', extra.retryAfter);
  return reply.send({
    success: false,
    code,
    error_code: code,
    msg: message,
    message,
    error: message,
    ...(extra.weakPassword ? { weak_password: extra.weakPassword } : {}),
    requestId: request.id,
  });
}

function translate(request: FastifyRequest, error: AppError): AuthError {
  logError(request, error);
  const { message, retryAfter = 2 } = error;
  switch (error.code) {
    case 'AUTH_REQUIRED': {
      const reason = (error.details as { reason?: string } | undefined)?.reason;
      if (reason === 'session_ended') return new AuthError('session_not_found', 'This session has ended.');
      return reason === 'no_token'
        ? new AuthError('no_authorization', message)
        : new AuthError('bad_jwt', 'This token is not valid.');
    }
    case 'LOGIN_BLOCKED':
      return new AuthError('user_banned', message);
    case 'PERMISSION_DENIED':
      return new AuthError('not_admin', message);
    case 'INVALID_INPUT':
    case 'TOO_LARGE':
    case 'FILE_TYPE':
      return new AuthError('validation_failed', message);
    case 'NOT_FOUND':
      return new AuthError('not_found', message);
    case 'RATE_LIMIT_EXCEEDED':
    case 'UNAVAILABLE':
      return new AuthError('request_timeout', message, { retryAfter });
    default:
      return new AuthError('unexpected_failure', message);
  }
}
