import type { Config } from '../../config.ts';

/** Address people reach this server at; without a setting, the one it listens on. */
export const publicUrl = ({ PUBLIC_URL, HOST, PORT }: Config): string => PUBLIC_URL ?? `http://${HOST}:${PORT}`;

/** Where a link may lead after it was used: our own pages only, since the address then carries a session. */
export function safeRedirect(config: Config, wanted: string | undefined): string {
  const home = `${publicUrl(config).replace(/\/$/, '')}/`;
  if (!wanted || !URL.canParse(wanted)) return home;
  const url = new URL(wanted);
  url.hash = '';
  const own =
    url.origin === new URL(home).origin || url.href.startsWith('app://growthos/') || url.protocol === 'growthos:';
  return own && !url.username && !url.password ? url.href : home;
}
