import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, test, vi } from 'vitest';

type RequestHandler = (contents: unknown, permission: string, done: (granted: boolean) => void) => void;
type CheckHandler = (contents: unknown, permission: string) => boolean;
type WindowOpenHandler = (details: { url: string }) => { action: string };

const electron = vi.hoisted(() => ({
  listeners: new Map<string, (event: unknown, contents: unknown) => void>(),
  opened: [] as string[],
  request: null as RequestHandler | null,
  check: null as CheckHandler | null,
  device: null as (() => boolean) | null,
  before: null as ((details: { url: string }, done: (answer: { cancel: boolean }) => void) => void) | null,
}));

vi.mock('electron', () => ({
  app: {
    on: (event: string, listener: (event: unknown, contents: unknown) => void) =>
      electron.listeners.set(event, listener),
  },
  shell: {
    openExternal: (url: string) => {
      electron.opened.push(url);
      return Promise.resolve();
    },
  },
  session: {
    defaultSession: {
      setPermissionRequestHandler: (handler: RequestHandler) => (electron.request = handler),
      setPermissionCheckHandler: (handler: CheckHandler) => (electron.check = handler),
      setDevicePermissionHandler: (handler: () => boolean) => (electron.device = handler),
      webRequest: { onBeforeRequest: (handler: typeof electron.before) => (electron.before = handler) },
    },
  },
}));

const { guardAllPages, guardRequests, isKnownAddress, isLocal } = await import('./guards.ts');

/** A page as Electron announces it. */
class Page extends EventEmitter {
  openHandler: WindowOpenHandler | null = null;
  setWindowOpenHandler(handler: WindowOpenHandler): void {
    this.openHandler = handler;
  }
  /** True when the page was held back. */
  tries(event: string, url: string, isMainFrame = true): boolean {
    let prevented = false;
    this.emit(event, { url, isMainFrame, preventDefault: () => (prevented = true) });
    return prevented;
  }
}

const elsewhere = [
  'https://evil.example/',
  'app://growthos.evil/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'http://127.0.0.1:1/',
  'about:blank',
  '',
];

describe('guardAllPages', () => {
  let page: Page;
  let serverUrl = 'https://learn.example';
  beforeEach(() => {
    serverUrl = 'https://learn.example';
    electron.opened.length = 0;
    guardAllPages(() => serverUrl);
    page = new Page();
    electron.listeners.get('web-contents-created')?.({}, page);
  });

  test.each(['will-navigate', 'will-redirect'])('%s never leaves the app', (event) => {
    expect(page.tries(event, 'app://growthos/index.html#/home')).toBe(false);
    for (const url of elsewhere) expect(page.tries(event, url), url).toBe(true);
  });

  test('a frame shows what the page itself made, and nothing of others', () => {
    expect(page.tries('will-frame-navigate', 'blob:app://growthos/1', false)).toBe(false);
    expect(page.tries('will-frame-navigate', 'https://evil.example/', false)).toBe(true);
    expect(page.tries('will-frame-navigate', 'data:text/html,x', false)).toBe(true);
  });

  test('no webview is attached', () => expect(page.tries('will-attach-webview', '')).toBe(true));

  test('no second window opens; a safe link goes to the browser', () => {
    for (const url of ['https://example.org/help', ...elsewhere])
      expect(page.openHandler?.({ url })).toEqual({ action: 'deny' });
    expect(electron.opened).toEqual(['https://example.org/help', 'https://evil.example/']);
  });

  const granted = (permission: string): boolean[] => {
    const answers: boolean[] = [];
    electron.request?.(null, permission, (answer) => answers.push(answer));
    return [...answers, electron.check?.(null, permission) ?? true];
  };

  test.each(['fullscreen', 'clipboard-sanitized-write', 'persistent-storage'])(
    '%s is granted, asked and checked',
    (permission) => expect(granted(permission)).toEqual([true, true]),
  );
  test.each([
    'media',
    'geolocation',
    'notifications',
    'midi',
    'midiSysex',
    'pointerLock',
    'openExternal',
    'clipboard-read',
    'display-capture',
    'hid',
    'serial',
    'usb',
    'idle-detection',
    'window-management',
    'storage-access',
    'fileSystem',
    'unknown',
    '',
    'constructor',
    'local-network',
    'loopback-network',
    'local-network-access',
  ])('%s is refused, asked and checked', (permission) => expect(granted(permission)).toEqual([false, false]));

  test('the local network opens only for a server inside it', () => {
    serverUrl = 'http://192.168.1.20:4400';
    expect(granted('local-network')).toEqual([true, true]);
    expect(granted('media')).toEqual([false, false]);
  });

  test('no device is granted', () => expect(electron.device?.()).toBe(false));
});

describe('guardRequests', () => {
  test('a request leaves for the app and its server only', () => {
    guardRequests(() => 'https://learn.example');
    const isCancelled = (url: string): boolean => {
      let cancelled: boolean | undefined;
      electron.before?.({ url }, ({ cancel }) => (cancelled = cancel));
      return cancelled ?? false;
    };
    expect(isCancelled('https://learn.example/sync/v1/pull')).toBe(false);
    expect(isCancelled('https://evil.example/collect')).toBe(true);
  });
});

describe('isKnownAddress', () => {
  const server = 'https://learn.example:8443/base';
  test.each([
    'https://learn.example:8443/x',
    'app://growthos/index.html',
    'blob:app://growthos/1',
    'data:image/png;base64,AA==',
  ])('%s may be loaded', (url) => expect(isKnownAddress(url, server)).toBe(true));
  test.each([
    'https://learn.example/x',
    'http://learn.example:8443/x',
    'https://learn.example:8443.evil.example/',
    'https://learn.example:8443@evil.example/',
    'wss://learn.example:8443/',
    'file:///etc/passwd',
    'ftp://learn.example:8443/',
    'app://other/',
    'not an address',
    '',
  ])('%s may not', (url) => expect(isKnownAddress(url, server)).toBe(false));
});

describe('isLocal', () => {
  test.each([
    'http://localhost:4400',
    'http://127.0.0.1',
    'http://127.9.9.9',
    'http://10.0.0.1',
    'http://192.168.0.9',
    'http://172.16.0.1',
    'http://172.31.9.9',
    'http://school.local',
    'http://[::1]:80',
  ])('%s sits in this network', (url) => expect(isLocal(url)).toBe(true));
  test.each([
    'https://learn.example',
    'http://172.32.0.1',
    'http://172.15.0.1',
    'http://11.0.0.1',
    'http://193.168.0.1',
    'https://10.evil.example',
    'https://127.0.0.1.evil.example',
    'https://192.168.evil.example',
    'https://172.16.evil.example',
    'https://local',
    'https://localhost.evil.example',
  ])('%s does not', (url) => expect(isLocal(url)).toBe(false));
});
