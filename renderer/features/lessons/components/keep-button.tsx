import { Check, CloudDownload, RotateCcw, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { MediaState } from '#desktop/index.ts';
import { DropdownMenu, IconButton, ProgressRing, Spinner, toast, useOfflineReason } from '../../../ui/index.ts';
import type { LessonEntry } from '../course-tree.ts';
import { canKeepMedia, forgetLesson, keepLesson, useIsAsking } from '../kept-media.ts';

export type KeepState = 'none' | 'stream-only' | MediaState['state'];

/** What this device holds of a lesson, in one word; also `data-download` of its row. */
export const keepState = (entry: LessonEntry, kept: MediaState | undefined): KeepState =>
  entry.media && (!entry.media.allow_offline || entry.media.provider !== 'file')
    ? 'stream-only'
    : (kept?.state ?? 'none');

/** Keeps a lesson on this device, shows how far it is, and removes it again. */
export function KeepButton({ entry, kept }: { entry: LessonEntry; kept: MediaState | undefined }) {
  const { t } = useTranslation('lessons');
  const offline = useOfflineReason();
  const asking = useIsAsking(entry.lesson.id);
  if (!canKeepMedia || !entry.lesson.has_media || !entry.media) return null;
  const state = keepState(entry, kept);
  if (state === 'stream-only') return null;
  const keep = (): void => {
    keepLesson(entry.lesson.id).then(
      (ok) => ok || toast.failed(t('keep.noStore')),
      () => toast.failed(t('keep.failed_start')),
    );
  };
  const label = t(`keep.${state}`, { percent: percent(kept) });
  if (asking)
    return (
      <IconButton icon={CloudDownload} label={t('keep.queued')} disabled>
        <Spinner />
      </IconButton>
    );
  if (state === 'none' || state === 'failed' || state === 'expired')
    return (
      <IconButton
        icon={state === 'none' ? CloudDownload : RotateCcw}
        label={kept?.error ? `${label}: ${t(`keep.error.${kept.error}`)}` : label}
        reason={offline}
        onClick={keep}
        data-testid="btn-keep"
      />
    );
  if (state === 'ready')
    return (
      <DropdownMenu
        label={label}
        items={[
          {
            label: t('keep.remove'),
            icon: Trash2,
            testId: 'btn-remove-kept',
            onSelect: () => void forgetLesson(entry.lesson.id).then(() => toast.done(t('keep.removed'))),
          },
        ]}
        trigger={<IconButton icon={Check} label={label} data-testid="btn-kept" className="text-ok" />}
      />
    );
  return (
    <span
      role="img"
      aria-label={label}
      title={label}
      className="inline-flex size-8 items-center justify-center text-info"
    >
      <ProgressRing share={kept?.total ? kept.bytes / kept.total : 0} />
    </span>
  );
}

const percent = (kept: MediaState | undefined): number =>
  kept?.total ? Math.floor((100 * kept.bytes) / kept.total) : 0;
