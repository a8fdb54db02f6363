import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserWindow, BrowserWindowConstructorOptions } from 'electron';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

const electron = vi.hoisted(() => ({
  dark: false,
  displays: [] as { workArea: { x: number; y: number; width: number; height: number } }[],
  windows: [] as FakeWindow[],
}));

/** A window that remembers what it was made with and what was asked of it. */
class FakeWindow {
  readonly options: BrowserWindowConstructorOptions;
  readonly asked: string[] = [];
  readonly listeners = new Map<string, () => void>();
  bounds = { x: 10, y: 20, width: 1000, height: 700 };

  constructor(options: BrowserWindowConstructorOptions) {
    this.options = options;
    electron.windows.push(this);
  }
  once = (event: string, listener: () => void): void => void this.listeners.set(event, listener);
  on = this.once;
  show = (): void => void this.asked.push('show');
  maximize = (): void => void this.asked.push('maximize');
  isMaximized = (): boolean => this.asked.includes('maximize');
  getNormalBounds = (): object => this.bounds;
  loadURL = (url: string): Promise<void> => {
    this.asked.push(url);
    return Promise.resolve();
  };
}

vi.mock('electron', () => ({
  BrowserWindow: FakeWindow,
  nativeTheme: {
    get shouldUseDarkColors() {
      return electron.dark;
    },
  },
  screen: { getAllDisplays: () => electron.displays },
}));

const { createWindow, windowOptions } = await import('./create-window.ts');
const { SettingsFile } = await import('../services/settings.ts');

describe('windowOptions', () => {
  test('the page is shut in: sandboxed, isolated, without Node', () => {
    expect(windowOptions('/preload.cjs').webPreferences).toMatchObject({
      preload: '/preload.cjs',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      navigateOnDragDrop: false,
      disableDialogs: true,
    });
  });

  test('nothing that loosens the page is named at all', () => {
    const names = Object.keys(windowOptions('/preload.cjs').webPreferences ?? {});
    for (const loose of [
      'nodeIntegrationInWorker',
      'enableBlinkFeatures',
      'additionalArguments',
      'partition',
      'devTools',
    ])
      expect(names).not.toContain(loose);
  });

  test('the empty window has the colour of the theme', () => {
    electron.dark = true;
    const dark = windowOptions('p').backgroundColor;
    electron.dark = false;
    expect(windowOptions('p').backgroundColor).not.toBe(dark);
  });
});

describe('createWindow', () => {
  let folder: string;
  const open = (window?: object): { made: FakeWindow; settings: InstanceType<typeof SettingsFile> } => {
    const settings = new SettingsFile(folder);
    if (window) settings.save({ window: window as never });
    const made = createWindow(settings) as unknown as FakeWindow & BrowserWindow;
    return { made, settings };
  };

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'growth-window-'));
    electron.displays = [{ workArea: { x: 0, y: 0, width: 1920, height: 1040 } }];
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('it shows the app, once there is something to see', () => {
    const { made } = open();
    expect(made.asked).toEqual(['app://growthos/index.html']);
    made.listeners.get('ready-to-show')?.();
    expect(made.asked).toContain('show');
    expect(made.options.show).toBe(false);
    expect(path.basename(made.options.webPreferences?.preload ?? '')).toBe('index.cjs');
  });

  test('it opens where it was closed', () => {
    const { made, settings } = open();
    made.bounds = { x: 300, y: 200, width: 1100, height: 720 };
    made.listeners.get('close')?.();
    expect(settings.current.window).toEqual({ ...made.bounds, maximized: false });
    expect(open().made.options).toMatchObject(made.bounds);
  });

  test('it is as large as before, but not where no screen is any more', () => {
    const { made } = open({ x: 5000, y: 100, width: 1100, height: 720, maximized: false });
    expect(made.options).toMatchObject({ width: 1100, height: 720 });
    expect(made.options).not.toHaveProperty('x');
  });

  test('a sliver on a screen is not enough to take hold of', () => {
    const { made } = open({ x: 1880, y: 100, width: 1100, height: 720, maximized: false });
    expect(made.options).not.toHaveProperty('x');
  });

  test('it is maximised again', () => {
    const { made } = open({ x: 0, y: 0, width: 1100, height: 720, maximized: true });
    expect(made.asked).toContain('maximize');
  });

  test('every window of the app is made here, with the same shutters', () => {
    expect(electron.windows.length).toBeGreaterThan(0);
    for (const { options } of electron.windows)
      expect(options.webPreferences).toMatchObject({ sandbox: true, contextIsolation: true });
  });
});
