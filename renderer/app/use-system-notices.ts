import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { DesktopBridge } from '#desktop/index.ts';
import { useRows } from '../data/index.ts';

/** So many at once are told one by one; more become one line. */
const oneByOne = 3;

/**
 * Hands what newly arrives in the inbox to the operating system; a click opens what it is about. What lay there when the app
 * started, and what was read on another device, is no news.
 */
export const useSystemNotices = (bridge: DesktopBridge | null): void => {
  const { t } = useTranslation('shell');
  const inbox = useRows('notifications', { dismissed_at: null });
  const known = useRef<Set<string> | null>(null);
  useEffect(() => {
    if (!bridge || !inbox) return;
    const before = known.current;
    known.current = new Set(inbox.map((one) => one.id));
    if (!before) return;
    const fresh = inbox.filter((one) => !before.has(one.id) && one.read_at === null);
    const show = (title: string, body: string, link: string): void =>
      void bridge.invoke('notice.show', {
        title: title.slice(0, 120),
        body: body.slice(0, 300),
        link: link.slice(0, 200),
      });
    if (fresh.length > oneByOne)
      return show(t('news.many', { count: fresh.length }), fresh[0]?.title ?? '', 'notifications');
    for (const { title, body, payload } of fresh) {
      show(title, body, typeof payload['link'] === 'string' ? payload['link'] : 'notifications');
    }
  }, [bridge, inbox, t]);
};
