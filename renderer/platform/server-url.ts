import type { DesktopBridge } from '#desktop/index.ts';
import { desktop } from './desktop.ts';

let known: Promise<string> | null = null;

/** Address of the sync server without a slash at its end: the page's own origin in the web edition, else what the desktop says. */
export function serverUrl(bridge: DesktopBridge | null = desktop): Promise<string> {
  known ??= bridge
    ? bridge.invoke('app.info', undefined).then((info) => info.server_url.replace(/\/+$/, ''))
    : Promise.resolve(globalThis.location.origin);
  return known;
}
