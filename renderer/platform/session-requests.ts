import { deviceHeaders, whoamiSchema, type Whoami } from '#contract/api/identity.ts';
import type { DesktopBridge } from '#desktop/index.ts';
import { ask, jsonOf, refusalOf } from './answers.ts';
import { authFetch } from './auth-fetch.ts';
import { authClient } from './supabase.ts';

type ServerParts = { desktop: DesktopBridge | null; serverUrl: () => Promise<string>; fetch: typeof fetch };

/** How this device presents itself at sign-in, so that the server can list it. */
export async function introduction(
  parts: Pick<ServerParts, 'desktop'>,
  deviceId: string,
): Promise<Record<string, string>> {
  const info = await parts.desktop?.invoke('app.info', undefined);
  const platform = info?.platform ?? 'web';
  return {
    [deviceHeaders.id]: deviceId,
    [deviceHeaders.label]: encodeURIComponent(info?.device_label ?? 'Browser').slice(0, 80),
    [deviceHeaders.platform]: platform,
    ...(info ? { [deviceHeaders.appVersion]: info.version } : {}),
  };
}

/** What the server holds to be true about the signed-in person. */
export async function whoami(fetcher: typeof fetch, url: string, token: string, deviceId: string): Promise<Whoami> {
  const response = await ask(fetcher, `${url}/functions/v1/whoami`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', [deviceHeaders.id]: deviceId },
    body: '{}',
  });
  if (!response.ok) throw await refusalOf(response);
  const body = (await jsonOf(response)) as { data?: unknown };
  return whoamiSchema.parse(body.data);
}

/** Signing out must not wait for a dead network; the server's own limit ends the session otherwise. */
export async function tellServer(parts: Pick<ServerParts, 'serverUrl' | 'fetch'>, token: string): Promise<void> {
  const url = await parts.serverUrl();
  const limited: typeof fetch = (input, init) => parts.fetch(input, { ...init, signal: AbortSignal.timeout(5000) });
  await (await authClient(url, authFetch(limited))).admin.signOut(token, 'local');
}
