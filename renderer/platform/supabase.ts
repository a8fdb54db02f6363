import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { anonKey } from '#contract/api/identity.ts';

/**
 * The only place that knows supabase-js. It keeps nothing itself: the session record is ours (`session-record.ts`), because
 * supabase-js waits for the network when it is asked for an expired session, and forgets it when a proxy answers for us.
 */
export function authClient(url: string, fetcher: typeof fetch): SupabaseClient['auth'] {
  return createClient(url, anonKey, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: { fetch: fetcher },
  }).auth;
}

/** Files as the signed-in person; each request asks for the token anew. */
export function storageClient(
  url: string,
  fetcher: typeof fetch,
  token: () => Promise<string>,
): SupabaseClient['storage'] {
  return createClient(url, anonKey, { accessToken: token, global: { fetch: fetcher } }).storage;
}
