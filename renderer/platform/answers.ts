import { errorStatus, type ErrorCode } from '#contract/errors.ts';
import { ApiError, NetworkError } from './errors.ts';

const isJson = (response: Response): boolean => (response.headers.get('content-type') ?? '').includes('json');

const seconds = (response: Response): number | null => {
  const value = Number(response.headers.get('retry-after'));
  return Number.isFinite(value) && value > 0 ? value : null;
};

const isErrorCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(errorStatus, code);

/** Turns an answer that is not a success into the error it means: ours (`ApiError`) or somebody else's (`NetworkError`). */
export async function refusalOf(response: Response): Promise<ApiError | NetworkError> {
  const retryAfter = seconds(response);
  const foreign = (): NetworkError =>
    new NetworkError(`HTTP ${response.status} that is not this server's`, { answered: true, retryAfter });
  if (!isJson(response)) return foreign();
  const body: unknown = await response.json().catch(() => null);
  if (typeof body !== 'object' || body === null) return foreign();
  const { code, error, details, requestId } = body as Record<string, unknown>;
  if (!isErrorCode(code)) return foreign();
  if (response.status >= 500 && code !== 'UPSTREAM_FAILED' && code !== 'UPSTREAM_TIMEOUT') {
    return new NetworkError(`the server failed: ${code}`, { answered: true, retryAfter });
  }
  return new ApiError({
    code,
    status: response.status,
    message: typeof error === 'string' ? error : code,
    details,
    requestId: typeof requestId === 'string' ? requestId : null,
    retryAfter,
  });
}

/** The JSON body of a success; a page of a proxy that answered 200 is a network error. */
export async function jsonOf(response: Response): Promise<unknown> {
  if (!isJson(response)) throw new NetworkError('an answer that is not JSON', { answered: true });
  try {
    return await response.json();
  } catch (cause) {
    throw new NetworkError('an answer cut short', { answered: true, cause });
  }
}

/** `fetch` whose only failure is a `NetworkError`. */
export async function ask(fetcher: typeof fetch, url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetcher(url, init);
  } catch (cause) {
    throw new NetworkError('no answer from the server', { cause });
  }
}
