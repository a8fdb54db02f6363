import { isIPv4 } from 'node:net';
import { app, session, shell } from 'electron';
import { externalUrl } from './external-url.ts';
import { isOwnAddress } from './origin.ts';

/** What the page may ask of the system; all else is refused, both when asked and when checked. */
const allowedPermissions = new Set(['fullscreen', 'clipboard-sanitized-write', 'persistent-storage']);
/** The sync server may run on this machine or in the school's own network. */
const networkPermissions = new Set(['local-network-access', 'local-network', 'loopback-network']);

/** Puts the guards on every page that will ever exist, before any window is made. */
export function guardAllPages(serverUrl: () => string): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(({ url }) => {
      const safe = externalUrl(url);
      if (safe) void shell.openExternal(safe);
      return { action: 'deny' };
    });
    contents.on('will-navigate', (event) => {
      if (!isOwnAddress(event.url)) event.preventDefault();
    });
    contents.on('will-frame-navigate', (event) => {
      if (!event.isMainFrame && !event.url.startsWith('blob:') && !isOwnAddress(event.url)) event.preventDefault();
    });
    contents.on('will-redirect', (event) => {
      if (!isOwnAddress(event.url)) event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
  const isAllowed = (permission: string): boolean =>
    allowedPermissions.has(permission) || (networkPermissions.has(permission) && isLocal(serverUrl()));
  session.defaultSession.setPermissionRequestHandler((_contents, permission, done) => done(isAllowed(permission)));
  session.defaultSession.setPermissionCheckHandler((_contents, permission) => isAllowed(permission));
  session.defaultSession.setDevicePermissionHandler(() => false);
}

/** Requests leave for the app's own files and its server only; a second net below the content security policy. */
export function guardRequests(serverUrl: () => string): void {
  session.defaultSession.webRequest.onBeforeRequest((details, done) => {
    done({ cancel: !isKnownAddress(details.url, serverUrl()) });
  });
}

/** True for what the page may load at all. */
export function isKnownAddress(address: string, serverUrl: string): boolean {
  if (address.startsWith('blob:') || address.startsWith('data:') || address.startsWith('devtools:')) return true;
  if (isOwnAddress(address)) return true;
  return URL.canParse(address) && new URL(address).origin === new URL(serverUrl).origin;
}

/** True where the server sits on this machine or in a private network. A public name may begin like such an address. */
export function isLocal(serverUrl: string): boolean {
  const { hostname } = new URL(serverUrl);
  if (hostname === 'localhost' || hostname === '[::1]' || hostname.endsWith('.local')) return true;
  return isIPv4(hostname) && /^(127|10|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(hostname);
}
