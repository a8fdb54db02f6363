import { Play, RotateCcw, TriangleAlert } from 'lucide-react';
import { useCallback, useEffect, useImperativeHandle, useRef, useState, type Ref } from 'react';
import { useTranslation } from 'react-i18next';
import type { Range } from '#contract/rules/watched.ts';
import { Button, cx, formatPosition, Spinner } from '../../ui/index.ts';
import { cuesAt } from './captions.ts';
import { runCommand, startPlaying, type PlayerCommand } from './player-commands.ts';
import { PlayerControls } from './player-controls.tsx';
import { usePlayerPreferences } from './player-preferences.ts';
import { useCaptions, type CaptionSource } from './use-captions.ts';
import { useIdle } from './use-idle.ts';
import { usePlayback } from './use-playback.ts';
import { usePlayerKeys } from './use-player-keys.ts';
import { useSource } from './use-source.ts';
import { useWatching, type WatchProgress } from './use-watching.ts';
import { Watermark } from './watermark.tsx';

/** What the page around may ask of the player. */
export type PlayerHandle = { position(): number; seek(seconds: number): void };

export type VideoPlayerProps = {
  ref?: Ref<PlayerHandle>;
  lessonId: string;
  title: string;
  src: string;
  captions: readonly CaptionSource[];
  /** Length in seconds as the server knows it, until the file says it. */
  durationHint: number | null;
  /** Where to go on, in seconds. */
  startAt: number;
  /** Seconds played before. Give the same list while the lesson is the same. */
  ranges: readonly Range[];
  watermark: string;
  onProgress: (progress: WatchProgress) => void;
  onEnded?: () => void;
  /** N was pressed: a note at this second. */
  onNote?: (seconds: number) => void;
  /** The address no longer answers (it lives ten minutes, and the right is asked on every request): give a new one. */
  onSourceFailed?: () => void;
  onNext?: (() => void) | null;
};

/** Below this a lesson simply starts at the start. */
const worthResuming = 5;

/** Plays one lesson: own controls, keys, captions, watermark, and a truthful record of what was watched (S4). */
export function VideoPlayer({
  ref,
  lessonId,
  title,
  src,
  captions,
  startAt,
  ranges,
  watermark,
  ...props
}: VideoPlayerProps) {
  const { t } = useTranslation('player');
  const frame = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const playback = usePlayback(video);
  const duration = playback.duration ?? props.durationHint ?? 0;
  const played = useWatching(video, ranges, props.durationHint, props.onProgress);
  const preferences = usePlayerPreferences();
  const cues = useCaptions(captions, preferences.captions);
  const { failed, retry } = useSource(video, src, startAt, props.onSourceFailed);
  const [hasStarted, setHasStarted] = useState(false);
  const isFullscreen = useIsFullscreen();
  const isIdle = useIdle(frame, !playback.paused);

  const parts = {
    duration,
    languages: captions.map((track) => track.language),
    note: props.onNote ?? ignore,
    next: props.onNext ?? ignore,
  };
  const latest = useRef(parts);
  latest.current = parts;
  const run = useCallback((command: PlayerCommand) => {
    if (video.current && frame.current)
      runCommand(command, { video: video.current, frame: frame.current, ...latest.current });
  }, []);
  usePlayerKeys(frame, run);
  useImperativeHandle(ref, () => ({
    position: () => video.current?.currentTime ?? 0,
    seek: (seconds) => run({ do: 'seekTo', seconds }),
  }));
  useEffect(() => {
    if (!video.current) return;
    video.current.playbackRate = preferences.speed;
    video.current.defaultPlaybackRate = preferences.speed;
    video.current.volume = preferences.volume;
    video.current.muted = preferences.muted;
  }, [preferences]);

  const begin = (seconds?: number): void => {
    if (seconds !== undefined) run({ do: 'seekTo', seconds });
    if (video.current) startPlaying(video.current);
    frame.current?.focus();
  };
  const lines = cuesAt(cues, playback.position);
  const offersResume = !hasStarted && startAt >= worthResuming;
  return (
    <div
      ref={frame}
      tabIndex={-1}
      role="region"
      aria-label={t('player', { title })}
      data-testid="player"
      data-lesson={lessonId}
      data-state={failed ? 'failed' : playback.paused ? 'paused' : 'playing'}
      className={cx(
        'relative aspect-video w-full overflow-hidden rounded-card bg-black outline-none',
        isIdle && 'cursor-none',
      )}
    >
      <video
        ref={video}
        className="size-full"
        playsInline
        preload="metadata"
        disableRemotePlayback
        controlsList="nodownload"
        onPlay={() => setHasStarted(true)}
        onEnded={props.onEnded}
        onClick={() => run({ do: 'togglePlay' })}
        onDoubleClick={() => run({ do: 'toggleFullscreen' })}
      >
        {/* Named here for assistive tools; the words are drawn below, clear of the controls and legible in every theme. */}
        <track kind="captions" srcLang={captions[0]?.language} label={captions[0]?.label} />
      </video>
      <Watermark text={watermark} />
      {lines.length > 0 && (
        <div
          className={cx(
            'pointer-events-none absolute inset-x-0 flex flex-col items-center px-6',
            isIdle ? 'bottom-4' : 'bottom-20',
          )}
        >
          {lines.map((cue) => (
            <p
              key={cue.from}
              dir="auto"
              data-testid="caption"
              className="rounded-control bg-black/75 px-2 py-0.5 text-center text-reading whitespace-pre-line text-white"
            >
              {cue.text}
            </p>
          ))}
        </div>
      )}
      {playback.stalled && !failed && (
        <div className="pointer-events-none absolute inset-0 flex items-center justify-center text-white">
          <Spinner size={20} />
        </div>
      )}
      {playback.paused && !failed && !hasStarted && (
        <div className="absolute inset-0 flex items-center justify-center gap-3 bg-black/30">
          {offersResume ? (
            <>
              <Button variant="primary" icon={Play} onClick={() => begin()} data-testid="btn-resume">
                {t('resume', { at: formatPosition(startAt) })}
              </Button>
              <Button icon={RotateCcw} onClick={() => begin(0)} data-testid="btn-start-over">
                {t('startOver')}
              </Button>
            </>
          ) : (
            <button
              type="button"
              aria-label={t('play')}
              onClick={() => begin()}
              data-testid="btn-start"
              className="flex size-16 items-center justify-center rounded-full bg-primary text-on-primary hover:bg-primary-hover focus-visible:outline-[#97abff]"
            >
              <Play className="size-7 translate-x-0.5" strokeWidth={1.75} aria-hidden="true" />
            </button>
          )}
        </div>
      )}
      {failed && (
        <div
          role="alert"
          className="absolute inset-0 flex flex-col items-center justify-center gap-3 bg-black/80 p-6 text-center text-white"
        >
          <TriangleAlert className="size-6" strokeWidth={1.75} aria-hidden="true" />
          <p>{t('failed')}</p>
          <Button onClick={retry} data-testid="btn-retry">
            {t('tryAgain')}
          </Button>
        </div>
      )}
      <div
        className={cx(
          'absolute inset-x-0 bottom-0 bg-linear-to-t from-black/85 to-transparent transition-opacity duration-[120ms] motion-reduce:transition-none',
          isIdle && 'opacity-0 focus-within:opacity-100',
        )}
      >
        <PlayerControls
          playback={playback}
          duration={duration}
          played={played}
          captions={captions}
          isFullscreen={isFullscreen}
          canPictureInPicture={document.pictureInPictureEnabled === true}
          run={run}
          hasNote={props.onNote !== undefined}
          hasNext={Boolean(props.onNext)}
        />
      </div>
    </div>
  );
}

const ignore = (): void => undefined;

function useIsFullscreen(): boolean {
  const [is, setIs] = useState(false);
  useEffect(() => {
    const change = (): void => setIs(document.fullscreenElement !== null);
    document.addEventListener('fullscreenchange', change);
    return () => document.removeEventListener('fullscreenchange', change);
  }, []);
  return is;
}
