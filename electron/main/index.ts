import path from 'node:path';
import { app, ipcMain, Menu, net, Notification, powerMonitor, protocol, safeStorage, shell } from 'electron';
import type { BrowserWindow } from 'electron';
import { bind, tell } from './handle.ts';
import { handlers } from './handlers/index.ts';
import { linkAmong, parseDeepLink } from './services/deep-link.ts';
import { MediaStore } from './services/media-store.ts';
import { SecretStore } from './services/secret-store.ts';
import { SettingsFile } from './services/settings.ts';
import { TrustedTime } from './services/trusted-time.ts';
import { answerApp } from './window/app-protocol.ts';
import { createWindow } from './window/create-window.ts';
import { guardAllPages, guardRequests } from './window/guards.ts';
import { applicationMenu } from './window/menu.ts';
import { appScheme } from './window/origin.ts';

/** Where a new installation looks for its server until the user names another. */
const defaultServer = 'http://127.0.0.1:4400';

// The folder's name is fixed whatever the product is called later: the local databases live in it.
app.setPath(
  'userData',
  app.commandLine.getSwitchValue('user-data-dir') || path.join(app.getPath('appData'), 'growth-os'),
);
app.enableSandbox();
protocol.registerSchemesAsPrivileged([
  {
    scheme: appScheme,
    // No corsEnabled: it would let any origin read the scheme.
    privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
  },
]);

// Two processes on one folder would damage the databases in it, so the lock comes before anything else.
if (app.requestSingleInstanceLock()) start();
else app.quit();

function start(): void {
  const userData = app.getPath('userData');
  const settings = new SettingsFile(userData);
  const serverUrl = (): string => process.env.GROWTH_OS_SERVER ?? settings.current.server_url ?? defaultServer;
  const time = new TrustedTime(path.join(userData, 'time-mark'));
  let window: BrowserWindow | undefined;
  let pendingLink: string | null = linkAmong(process.argv.slice(1));

  const openLink = (link: string): void => {
    if (!window) {
      pendingLink = link;
      return;
    }
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
    tell(window.webContents, 'link.opened', { link });
  };
  const media = new MediaStore({
    folder: path.join(userData, 'media'),
    seal: {
      isAvailable: () => safeStorage.isEncryptionAvailable(),
      close: (text) => safeStorage.encryptString(text),
      open: (data) => safeStorage.decryptString(data),
    },
    fetch: (input, init) => net.fetch(input instanceof URL ? input.href : input, init),
    now: () => time.now(),
    onServerWord: (moment) => time.correctBy(moment),
    onChange: (state) => tell(window?.webContents, 'media.changed', state),
  });

  app.setAsDefaultProtocolClient('growthos');
  app.on('second-instance', (_event, argv) => {
    window?.focus();
    const link = linkAmong(argv);
    if (link) openLink(link);
  });
  app.on('open-url', (event, url) => {
    event.preventDefault();
    const link = parseDeepLink(url);
    if (link) openLink(link);
  });
  app.on('window-all-closed', () => app.quit());

  void app.whenReady().then(() => {
    guardAllPages(serverUrl);
    guardRequests(serverUrl);
    const root = path.join(import.meta.dirname, '../renderer');
    protocol.handle(appScheme, answerApp({ root, media, serverUrl }));
    bind(
      ipcMain,
      handlers({
        app,
        shell,
        Notification,
        secrets: new SecretStore(path.join(userData, 'secrets'), safeStorage),
        media,
        settings,
        serverUrl,
        openLink,
      }),
    );
    Menu.setApplicationMenu(applicationMenu(app.name, (link) => openLink(link)));
    time.save();
    setInterval(() => time.save(), 60_000).unref();
    media.resume();
    window = createWindow(settings);
    window.on('closed', () => (window = undefined));
    window.webContents.on('did-finish-load', () => {
      if (pendingLink) tell(window?.webContents, 'link.opened', { link: pendingLink });
      pendingLink = null;
    });
    powerMonitor.on('resume', () => tell(window?.webContents, 'power.resumed', {}));
  });
}
