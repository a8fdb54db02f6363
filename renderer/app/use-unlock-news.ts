import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useReplica, useRows } from '../data/index.ts';
import { desktop } from '../platform/index.ts';
import { announce } from '../ui/index.ts';

/**
 * Says politely when a lesson opens while the app is in use, on whatever screen; the desktop also shows a notice.
 * What was open when the app started is no news.
 */
export const useUnlockNews = (): void => {
  const { t } = useTranslation('shell');
  const { actor } = useReplica();
  const unlocks = useRows('user_unlocks', { user_id: actor.id, is_unlocked: true });
  const lessons = useRows('available_lessons');
  const known = useRef<Set<string> | null>(null);
  useEffect(() => {
    if (actor.role !== 'student' || !unlocks || !lessons) return;
    const before = known.current;
    known.current = new Set(unlocks.map((one) => one.lesson_id));
    if (!before) return;
    for (const { lesson_id } of unlocks.filter((one) => !before.has(one.lesson_id))) {
      const title = lessons.find((one) => one.id === lesson_id)?.recording_title;
      if (!title) continue;
      announce(t('news.unlocked', { title }));
      void desktop?.invoke('notice.show', {
        title: t('news.unlockedTitle').slice(0, 120),
        body: title.slice(0, 300),
        link: `lesson/${lesson_id}`,
      });
    }
  }, [actor.role, unlocks, lessons, t]);
};
