import { authErrorStatus, type AuthErrorCode } from '#contract/api/identity.ts';
import { NetworkError } from './errors.ts';

/** The code of an error body of our own `/auth/v1`, null for everything else that may answer on its address. */
export async function authCodeOf(response: Response): Promise<AuthErrorCode | null> {
  if (!(response.headers.get('content-type') ?? '').includes('json')) return null;
  const body = (await response
    .clone()
    .json()
    .catch(() => null)) as { error_code?: unknown } | null;
  const code = body?.error_code;
  return typeof code === 'string' && Object.hasOwn(authErrorStatus, code) ? (code as AuthErrorCode) : null;
}

/**
 * `fetch` for `/auth/v1`: an error that is not our own JSON becomes a network error, so that a proxy's 401, 403, 404, 429 or a
 * page of HTML can neither end a session nor look like a wrong password (safety 9).
 */
export function authFetch(fetcher: typeof fetch): typeof fetch {
  return async (input, init) => {
    const response = await fetcher(input, init);
    if (response.ok) {
      if (response.status === 204 || (response.headers.get('content-type') ?? '').includes('json')) return response;
      throw new NetworkError('a page answered in place of the server', { answered: true });
    }
    if (await authCodeOf(response)) return response;
    throw new NetworkError(`HTTP ${response.status} that is not this server's`, { answered: true });
  };
}
