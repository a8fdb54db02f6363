import { anonKey, deviceHeaders } from '#contract/api/identity.ts';
import { ask, jsonOf } from './answers.ts';
import { authCodeOf } from './auth-fetch.ts';
import { NetworkError } from './errors.ts';
import type { SessionRecord, SessionVault } from './session-record.ts';

type Tokens = Pick<SessionRecord, 'access_token' | 'refresh_token' | 'expires_at'>;
type Parts = { fetch: typeof fetch; serverUrl: () => Promise<string>; vault: SessionVault };

/** Only these answers of our own `/auth/v1` end a session; whatever else comes back is a network error. */
const endings: Record<string, 'expired' | 'ended'> = {
  refresh_token_not_found: 'expired',
  refresh_token_already_used: 'expired',
  session_not_found: 'expired',
  session_expired: 'expired',
  user_not_found: 'ended',
  user_banned: 'ended',
};

/**
 * One refresh, without the half minute of retries inside supabase-js: the connection loop decides when to try again.
 * Tabs of one browser share the record, so one of them refreshes and the others take what it wrote.
 */
export async function refreshTokens(
  parts: Parts,
  current: SessionRecord,
): Promise<Tokens | { refused: 'expired' | 'ended' }> {
  return exclusively(async () => {
    const stored = await parts.vault.read();
    if (
      stored &&
      stored.user.id === current.user.id &&
      stored.refresh_token !== current.refresh_token &&
      !stored.refused
    ) {
      return { access_token: stored.access_token, refresh_token: stored.refresh_token, expires_at: stored.expires_at };
    }
    const url = await parts.serverUrl();
    const response = await ask(parts.fetch, `${url}/auth/v1/token?grant_type=refresh_token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', apikey: anonKey, [deviceHeaders.id]: current.device_id },
      body: JSON.stringify({ refresh_token: current.refresh_token }),
      signal: AbortSignal.timeout(15_000),
    });
    if (!response.ok) return refusalOrThrow(response);
    const body = (await jsonOf(response)) as Record<string, unknown>;
    const { access_token, refresh_token, expires_in } = body;
    if (typeof access_token !== 'string' || typeof refresh_token !== 'string') {
      throw new NetworkError('a refresh answer that is not this server’s', { answered: true });
    }
    const seconds = typeof expires_in === 'number' ? expires_in : 900;
    return { access_token, refresh_token, expires_at: Date.now() + seconds * 1000 };
  });
}

async function refusalOrThrow(response: Response): Promise<{ refused: 'expired' | 'ended' }> {
  const code = await authCodeOf(response);
  const refused = code ? endings[code] : undefined;
  if (refused) return { refused };
  const retryAfter = Number(response.headers.get('retry-after')) || null;
  throw new NetworkError(`refresh answered ${response.status}`, { answered: true, retryAfter });
}

async function exclusively<T>(work: () => Promise<T>): Promise<T> {
  const locks = globalThis.navigator?.locks;
  return locks ? ((await locks.request('growthos-refresh', work)) as T) : work();
}
