import { Star } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBadge, useReplica } from '../../../data/index.ts';
import { Button, cx, FormField, Icon, SyncBadge, Textarea, toast } from '../../../ui/index.ts';
import { rateLesson } from '../actions.ts';
import type { LessonEntry } from '../course-tree.ts';

const stars = [1, 2, 3, 4, 5] as const;

/** Stars and a comment for a watched lesson; one or two stars ask what went wrong. */
export function LessonRating({ entry }: { entry: LessonEntry }) {
  const { t } = useTranslation('lessons');
  const replica = useReplica();
  const badge = useBadge('recording_ratings', entry.rating?.id);
  const [chosen, setChosen] = useState<number | null>(null);
  const [feedback, setFeedback] = useState(entry.rating?.feedback ?? '');
  const [error, setError] = useState<string | null>(null);
  const rating = chosen ?? entry.rating?.rating ?? 0;
  const needsWords = rating > 0 && rating <= 2;

  const save = async (value: number): Promise<void> => {
    setChosen(value);
    // Few stars without a word help nobody: they are kept once the reason is there.
    if (value <= 2 && !feedback.trim()) return;
    await rateLesson(replica, entry.lesson.id, value, feedback);
    setError(null);
  };
  const send = async (): Promise<void> => {
    if (needsWords && !feedback.trim()) return setError(t('rating.wordsNeeded'));
    await rateLesson(replica, entry.lesson.id, rating, feedback);
    setError(null);
    toast.done(t('rating.saved'));
  };
  return (
    <fieldset className="flex flex-col gap-3" data-testid="lesson-rating" data-rating={entry.rating?.rating ?? ''}>
      <legend className="mb-1 font-medium">{t('rating.title')}</legend>
      <div role="radiogroup" aria-label={t('rating.stars')} className="flex items-center gap-1">
        {stars.map((value) => (
          <button
            key={value}
            type="button"
            role="radio"
            aria-checked={rating === value}
            aria-label={t('rating.star', { count: value })}
            data-testid={`btn-rate-${value}`}
            onClick={() => void save(value)}
            className="rounded-control p-1 text-muted hover:text-warn"
          >
            <Icon of={Star} size={24} className={cx(value <= rating && 'fill-warn text-warn')} />
          </button>
        ))}
        <span className="ms-2">
          <SyncBadge state={badge} words />
        </span>
      </div>
      {rating > 0 && (
        <>
          <FormField
            label={needsWords ? t('rating.whyNeeded') : t('rating.why')}
            name="feedback"
            error={error}
            optional={!needsWords}
          >
            <Textarea maxLength={2000} value={feedback} onChange={(event) => setFeedback(event.target.value)} />
          </FormField>
          {feedback.trim() !== (entry.rating?.feedback ?? '') && (
            <Button className="self-start" onClick={() => void send()} data-testid="btn-save-rating">
              {t('rating.save')}
            </Button>
          )}
        </>
      )}
    </fieldset>
  );
}
