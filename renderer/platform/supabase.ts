import type { SupabaseClient } from '@supabase/supabase-js';
import { anonKey } from '#contract/api/identity.ts';

/** Fetched when first needed: a start from the local copy needs none of it. */
const load = () => import('@supabase/supabase-js');

/**
 * The only place that knows supabase-js. It keeps nothing itself: the session record is ours (`session-record.ts`), because
 * supabase-js waits for the network when it is asked for an expired session, and forgets it when a proxy answers for us.
 */
export async function authClient(url: string, fetcher: typeof fetch): Promise<SupabaseClient['auth']> {
  const { createClient } = await load();
  return createClient(url, anonKey, {
    auth: {
      persistSession: false,
      autoRefreshToken: false,
      detectSessionInUrl: false,
      experimental: { recoveryCodes: true },
    },
    global: { fetch: fetcher },
  }).auth;
}

/** Files as the signed-in person; each request asks for the token anew. */
export async function storageClient(
  url: string,
  fetcher: typeof fetch,
  token: () => Promise<string>,
): Promise<SupabaseClient['storage']> {
  const { createClient } = await load();
  return createClient(url, anonKey, { accessToken: token, global: { fetch: fetcher } }).storage;
}
