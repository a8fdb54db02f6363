import { Check, Lock, Play } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { MediaState } from '#desktop/index.ts';
import { useBadge } from '../../../data/index.ts';
import { paths } from '../../../platform/links.ts';
import { announce, cx, formatPosition, Icon, LockNote, StatusBadge, SyncBadge, useOnline } from '../../../ui/index.ts';
import type { LessonEntry } from '../course-tree.ts';
import { canKeepMedia } from '../kept-media.ts';
import { keepState, KeepButton } from './keep-button.tsx';

/** `data-lock` of a row: the reason it is locked, else `open` or `provisional`. */
export const lockValue = ({ state }: LessonEntry): string => (state.state === 'locked' ? state.reason : state.state);

/** One lesson in the list: number, title, state, what it still asks, and whether it is on this device. */
export function LessonRow({
  entry,
  kept,
  compact = false,
  current = false,
}: {
  entry: LessonEntry;
  kept: MediaState | undefined;
  /** Beside the player: no work, no minutes. */
  compact?: boolean;
  /** The lesson this page shows. */
  current?: boolean;
}) {
  const { t } = useTranslation('lessons');
  const online = useOnline();
  const { lesson, state, view, done, media } = entry;
  const badge = useBadge('recording_views', view?.id);
  const isLocked = state.state === 'locked';
  const onDevice = kept?.state === 'ready';
  const outOfReach = !isLocked && lesson.has_media && !online && !onDevice;
  useSayWhenOpened(lesson.recording_title, isLocked);
  const resume = !done && view && view.position_seconds > 5 ? formatPosition(view.position_seconds) : null;
  const minutes =
    lesson.duration_min ?? (media?.duration_seconds ? Math.max(1, Math.round(media.duration_seconds / 60)) : null);
  return (
    <li
      data-testid={`lesson-row-${lesson.id}`}
      data-lock={lockValue(entry)}
      data-download={keepState(entry, kept)}
      data-state={done ? 'done' : resume ? 'started' : 'new'}
      className={cx(
        'group relative flex min-h-(--row-height) items-center gap-3 rounded-control px-2 py-1.5',
        !isLocked && 'hover:bg-subtle',
        current && 'bg-primary-soft hover:bg-primary-soft',
      )}
    >
      <Mark done={done} locked={isLocked} number={entry.number} />
      <div className={cx('min-w-0 flex-1', outOfReach && 'opacity-70')}>
        <p className="flex min-w-0 items-center gap-2">
          {isLocked ? (
            <span className="clip-line text-muted" dir="auto">
              {lesson.recording_title}
            </span>
          ) : (
            <Link
              to={paths.lesson(lesson.id)}
              data-testid="link-lesson"
              aria-current={current ? 'page' : undefined}
              dir="auto"
              className="clip-line font-medium after:absolute after:inset-0 after:rounded-control"
            >
              {lesson.recording_title}
            </Link>
          )}
          <SyncBadge state={state.state === 'provisional' ? 'provisional' : badge} />
        </p>
        {isLocked ? (
          <LockNote reason={state.reason} blocking={state.blocking?.title} availableAt={state.available_at} />
        ) : (
          <p className="text-dense text-muted">
            {outOfReach
              ? t('row.needsConnection')
              : resume
                ? t('row.resume', { at: resume })
                : done
                  ? t('row.done')
                  : t('row.new')}
          </p>
        )}
      </div>
      <div className="relative flex shrink-0 items-center gap-2">
        {!compact &&
          !isLocked &&
          entry.work.slice(0, 1).map(({ assignment, latest }) => (
            <Link key={assignment.id} to={paths.assignment(assignment.id)} className="rounded-full">
              <span className="sr-only">{t('row.work', { name: assignment.name })} </span>
              <StatusBadge kind="submission" value={latest?.status ?? 'todo'} />
            </Link>
          ))}
        {!compact && (
          <span className="w-14 text-end text-dense text-muted tabular">
            {minutes ? t('row.minutes', { count: minutes }) : ''}
          </span>
        )}
        {canKeepMedia && (
          <span className="flex w-8 justify-center">{!isLocked && <KeepButton entry={entry} kept={kept} />}</span>
        )}
      </div>
    </li>
  );
}

function Mark({ done, locked, number }: { done: boolean; locked: boolean; number: number }) {
  return (
    <span
      aria-hidden="true"
      className={cx(
        'flex size-7 shrink-0 items-center justify-center rounded-full text-caption font-medium tabular',
        done ? 'bg-ok-soft text-ok' : locked ? 'bg-subtle text-muted' : 'bg-primary-soft text-primary-ink',
      )}
    >
      {done ? (
        <Icon of={Check} size={14} />
      ) : locked ? (
        <Icon of={Lock} size={14} />
      ) : (
        number || <Icon of={Play} size={14} />
      )}
    </span>
  );
}

/** Tells screen readers, once, that a lesson in view has just opened. */
function useSayWhenOpened(title: string, locked: boolean): void {
  const { t } = useTranslation('lessons');
  const wasLocked = useRef(locked);
  useEffect(() => {
    if (wasLocked.current && !locked) announce(t('row.opened', { title }));
    wasLocked.current = locked;
  }, [locked, title, t]);
}
