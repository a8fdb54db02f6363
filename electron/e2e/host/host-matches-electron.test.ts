import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { expect, test } from 'vitest';

/**
 * The stand-in may offer less than Electron, never something else: each of its public members must be declared in the
 * installed `electron.d.ts`, or be named here as a face that tests read.
 */
const types = readFileSync(
  path.join(path.dirname(createRequire(import.meta.url).resolve('electron/package.json')), 'electron.d.ts'),
  'utf8',
);
const host: Record<string, unknown> = await import('./electron.mjs' as string);

/** Which declaration describes which export. */
const declarations: Record<string, string> = {
  app: 'App',
  autoUpdater: 'AutoUpdater',
  BrowserWindow: 'BrowserWindow',
  clipboard: 'Clipboard',
  crashReporter: 'CrashReporter',
  dialog: 'Dialog',
  globalShortcut: 'GlobalShortcut',
  ipcMain: 'IpcMain',
  Menu: 'Menu',
  MenuItem: 'MenuItem',
  nativeImage: 'NativeImage',
  nativeTheme: 'NativeTheme',
  net: 'Net',
  Notification: 'Notification',
  powerMonitor: 'PowerMonitor',
  powerSaveBlocker: 'PowerSaveBlocker',
  protocol: 'Protocol',
  safeStorage: 'SafeStorage',
  screen: 'Screen',
  session: 'Session',
  shell: 'Shell',
  Tray: 'Tray',
  webContents: 'WebContents',
};
/** What a test may read or set on the stand-in, and Electron does not have. */
const faces: Record<string, string[]> = {
  app: ['protocolClients', 'hasLock', 'loginItem', 'relaunched', 'quitting', 'becomeReady'],
  BrowserWindow: ['closeAndWait', 'targetGone', 'shownOnce', 'progress', 'contentProtected'],
  WebContents: ['attach', 'gone', 'askWindowOpen', 'opened', 'preferences', 'cdp', 'targetId', 'windowOpenHandler'],
  shell: ['opened'],
  dialog: ['shown'],
  Notification: ['shown'],
  Tray: ['all', 'image', 'toolTip', 'menu', 'title'],
  nativeTheme: ['systemDark', 'source'],
  safeStorage: ['plain'],
  ipcMain: ['handlers'],
  clipboard: ['text'],
  globalShortcut: ['registered'],
  powerSaveBlocker: ['started'],
  crashReporter: ['options'],
  Session: ['requestHandler', 'checkHandler', 'hooks'],
};

/** Member names of `class X {…}` or `interface X {…}` in electron.d.ts, inherited declarations included. */
function declaredMembers(name: string): Set<string> {
  const block = new RegExp(
    `^ {2}(?:class|interface) ${name}(?: extends ([\\w.]+))?.*\\{\\n([\\s\\S]*?)^ {2}\\}`,
    'm',
  ).exec(types);
  if (!block) return new Set();
  const own = [...(block[2] ?? '').matchAll(/^ {4}(?:static |readonly |get |set )*(\w+)\??\s*[(:<]/gm)].map(
    (m) => m[1] ?? '',
  );
  return new Set([...own, ...(block[1] && !block[1].includes('Emitter') ? declaredMembers(block[1]) : [])]);
}

function ownMembers(value: unknown): string[] {
  const stop: unknown[] = [Object.prototype, Function.prototype, EventEmitter, EventEmitter.prototype];
  const names = new Set<string>();
  for (let at = value; at && !stop.includes(at); at = Object.getPrototypeOf(at))
    for (const name of Object.getOwnPropertyNames(at))
      if (!['constructor', 'length', 'name', 'prototype'].includes(name) && !name.startsWith('_')) names.add(name);
  return [...names];
}

const subjects: [string, string, unknown][] = [
  ...Object.entries(declarations).map(([name, declared]): [string, string, unknown] => [name, declared, host[name]]),
  ['WebContents', 'WebContents', (host.hostWebContents as { prototype: unknown }).prototype],
  ['BrowserWindow', 'BrowserWindow', (host.BrowserWindow as { prototype: unknown }).prototype],
  ['Session', 'Session', (host.session as { defaultSession: unknown }).defaultSession],
  ['Tray', 'Tray', (host.Tray as { prototype: unknown }).prototype],
  ['Menu', 'Menu', (host.Menu as { prototype: unknown }).prototype],
];

test.each(subjects)('%s offers nothing that Electron’s %s does not', (face, declared, value) => {
  const known = declaredMembers(declared);
  expect(known.size).toBeGreaterThan(0);
  expect(ownMembers(value).filter((name) => !known.has(name) && !(faces[face] ?? []).includes(name))).toEqual([]);
});

test('the check sees a member that Electron does not have', () => {
  expect(declaredMembers('App').has('requestSingleInstanceLock')).toBe(true);
  expect(declaredMembers('App').has('summonDragons')).toBe(false);
});
