import path from 'node:path';
import { BrowserWindow, nativeTheme, screen, type BrowserWindowConstructorOptions } from 'electron';
import type { SettingsFile } from '../services/settings.ts';
import { appOrigin } from './origin.ts';

/** The one set of window options; every window of the app is made with it. */
export function windowOptions(preload: string): BrowserWindowConstructorOptions {
  return {
    width: 1280,
    height: 800,
    minWidth: 960,
    minHeight: 600,
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#0E1116' : '#F6F7F9',
    autoHideMenuBar: true,
    webPreferences: {
      preload,
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
      spellcheck: true,
      v8CacheOptions: 'bypassHeatCheck',
    },
  };
}

/** Opens the app's window where it was last, if that place still exists. */
export function createWindow(settings: SettingsFile): BrowserWindow {
  const window = new BrowserWindow({
    ...windowOptions(path.join(import.meta.dirname, '../preload/index.cjs')),
    ...rememberedPlace(settings),
  });
  if (settings.current.window?.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => {
    settings.save({ window: { ...window.getNormalBounds(), maximized: window.isMaximized() } });
  });
  void window.loadURL(`${appOrigin}/index.html`);
  return window;
}

function rememberedPlace(settings: SettingsFile): Partial<BrowserWindowConstructorOptions> {
  const place = settings.current.window;
  if (!place) return {};
  const { x, y, width, height } = place;
  const isVisible = screen.getAllDisplays().some(({ workArea: area }) => {
    const right = Math.min(x + width, area.x + area.width);
    const bottom = Math.min(y + height, area.y + area.height);
    return right - Math.max(x, area.x) > 100 && bottom - Math.max(y, area.y) > 100;
  });
  return isVisible ? { x, y, width, height } : { width, height };
}
