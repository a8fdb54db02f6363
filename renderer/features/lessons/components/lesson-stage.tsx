import { CircleCheck, VideoOff, WifiOff } from 'lucide-react';
import { useCallback, useState, type Ref } from 'react';
import { useTranslation } from 'react-i18next';
import { useReplica, useRow } from '../../../data/index.ts';
import { Button, EmptyState, Skeleton, useOnline } from '../../../ui/index.ts';
import { VideoPlayer, type PlayerHandle } from '../../player/index.ts';
import { markComplete, reportWatching, type WatchReport } from '../actions.ts';
import type { LessonEntry } from '../course-tree.ts';
import { useKeptMedia } from '../kept-media.ts';
import { useMediaSource } from './use-media-source.ts';

type Props = {
  entry: LessonEntry;
  startAt: number | null;
  player: Ref<PlayerHandle>;
  onNote: (seconds: number) => void;
  onNext: (() => void) | null;
};

/** The player of an open lesson, or what stands in its place when it cannot play here. */
export function LessonStage({ entry, startAt, player, onNote, onNext }: Props) {
  const { t } = useTranslation('lessons');
  const replica = useReplica();
  const online = useOnline();
  const { lesson, media, view } = entry;
  const kept = useKeptMedia()[lesson.id];
  const { answer, renew } = useMediaSource(lesson.id, lesson.has_media, kept?.state === 'ready', online);
  const me = useRow('users', replica.actor.id);
  const student = useRow('students', replica.actor.id);
  const watermark = [me?.full_name, student?.student_number].filter(Boolean).join(' · ');
  const report = useCallback(
    (progress: WatchReport) => void reportWatching(replica, lesson.id, progress),
    [replica, lesson.id],
  );
  // What was known on opening: the player adds to it and must not restart when its own report comes back.
  const [known] = useState(() => ({ ranges: view?.watched_ranges ?? [], position: view?.position_seconds ?? 0 }));

  if (!lesson.has_media)
    return (
      <EmptyState
        icon={entry.done ? CircleCheck : VideoOff}
        title={entry.done ? t('stage.completed') : t('stage.noMedia')}
        action={
          !entry.done && (
            <Button
              variant="primary"
              onClick={() => void markComplete(replica, lesson.id)}
              data-testid="btn-mark-complete"
            >
              {t('stage.markComplete')}
            </Button>
          )
        }
        className="rounded-card border bg-surface"
      />
    );
  if (answer.state === 'loading') return <Skeleton className="aspect-video w-full rounded-card" />;
  if (answer.state !== 'ready')
    return (
      <EmptyState
        icon={WifiOff}
        title={answer.state === 'offline' ? t('stage.offline') : t('stage.refused')}
        action={
          <Button onClick={renew} data-testid="btn-try-again">
            {t('stage.tryAgain')}
          </Button>
        }
        className="rounded-card border bg-surface"
      >
        {answer.state === 'offline' ? t('stage.offlineText') : t('stage.refusedText')}
      </EmptyState>
    );
  return (
    <VideoPlayer
      ref={player}
      key={lesson.id}
      lessonId={lesson.id}
      title={lesson.recording_title}
      src={answer.source.url}
      captions={answer.source.captions}
      durationHint={media?.duration_seconds ?? null}
      startAt={startAt ?? (entry.done ? 0 : known.position)}
      ranges={known.ranges}
      watermark={watermark}
      onProgress={report}
      onNote={onNote}
      onSourceFailed={renew}
      onNext={onNext}
    />
  );
}
