import os from 'node:os';
import type { App, Notification as ElectronNotification, Shell } from 'electron';
import type { Handlers } from '../handle.ts';
import type { MediaStore } from '../services/media-store.ts';
import type { SecretStore } from '../services/secret-store.ts';
import type { SettingsFile } from '../services/settings.ts';
import { externalUrl } from '../window/external-url.ts';

export type HandlerParts = {
  app: Pick<App, 'getVersion' | 'relaunch' | 'quit'>;
  shell: Pick<Shell, 'openExternal'>;
  Notification: typeof ElectronNotification;
  secrets: SecretStore;
  media: MediaStore;
  settings: SettingsFile;
  serverUrl: () => string;
  /** Brings the window forward at a place in the app. */
  openLink: (link: string) => void;
};

/** The desktop's answers, channel by channel; each parses nothing and decides little: the contract and the services do. */
export function handlers({
  app,
  shell,
  Notification,
  secrets,
  media,
  settings,
  serverUrl,
  openLink,
}: HandlerParts): Handlers {
  return {
    'app.info': () => ({
      version: app.getVersion(),
      platform: process.platform,
      device_label: os.hostname(),
      server_url: serverUrl(),
    }),
    'app.setServer': ({ url }) => {
      if (!/^https?:$/.test(new URL(url).protocol)) return { ok: false };
      settings.save({ server_url: new URL(url).origin });
      app.relaunch();
      app.quit();
      return { ok: true };
    },
    'secrets.get': ({ name }) => ({ value: secrets.get(name) }),
    'secrets.set': ({ name, value }) => ({ stored: secrets.set(name, value) }),
    'secrets.remove': ({ name }) => {
      secrets.remove(name);
      return { ok: true };
    },
    'media.keep': (manifest) => {
      // Only our own server may be the source, whatever address the page names.
      if (new URL(manifest.url).origin !== new URL(serverUrl()).origin) return { ok: false };
      return { ok: media.keep(manifest) };
    },
    'media.remove': ({ lesson_id }) => {
      media.remove(lesson_id);
      return { ok: true };
    },
    'media.list': () => media.list(),
    'media.url': ({ lesson_id }) => {
      const manifest = media.playable(lesson_id);
      if (!manifest) return { url: null, captions: [] };
      // Without the origin, so that the page's own decides: it stays right wherever the page is shown.
      const url = `/media/${lesson_id}`;
      const captions = manifest.captions.map(({ language, label }) => ({
        language,
        label,
        url: `${url}/captions/${language}`,
      }));
      return { url, captions };
    },
    'notice.show': ({ title, body, link }) => {
      if (!Notification.isSupported()) return { ok: false };
      const notice = new Notification({ title, body });
      notice.on('click', () => openLink(link));
      notice.show();
      return { ok: true };
    },
    'shell.open': async ({ url }) => {
      const safe = externalUrl(url);
      if (!safe) return { ok: false };
      await shell.openExternal(safe);
      return { ok: true };
    },
  };
}
