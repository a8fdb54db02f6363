import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useReplica, useRows } from '../data/index.ts';
import { announce } from '../ui/index.ts';

/**
 * Says politely when a lesson opens while the app is in use, on whatever screen.
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
    const titles = unlocks
      .filter((one) => !before.has(one.lesson_id))
      .map((one) => lessons.find((lesson) => lesson.id === one.lesson_id)?.recording_title)
      .filter((title) => title !== undefined);
    if (titles.length > 0) announce(titles.map((title) => t('news.unlocked', { title })).join(' '));
  }, [actor.role, unlocks, lessons, t]);
};
