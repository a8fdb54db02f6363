import {
  Captions,
  Maximize,
  Minimize,
  NotebookPen,
  Pause,
  PictureInPicture2,
  Play,
  RotateCcw,
  RotateCw,
  SkipForward,
  Volume2,
  VolumeX,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Range } from '#contract/rules/watched.ts';
import { formatPosition } from '../../ui/index.ts';
import { ControlButton } from './control-button.tsx';
import type { PlayerCommand } from './player-commands.ts';
import { speeds, usePlayerPreferences } from './player-preferences.ts';
import { SeekBar } from './seek-bar.tsx';
import type { Playback } from './use-playback.ts';

type Props = {
  playback: Playback;
  duration: number;
  played: readonly Range[];
  captions: readonly { language: string; label: string }[];
  isFullscreen: boolean;
  canPictureInPicture: boolean;
  run: (command: PlayerCommand) => void;
  hasNote: boolean;
  hasNext: boolean;
};

/** The bar below the picture. */
export function PlayerControls({ playback, duration, played, captions, run, ...shown }: Props) {
  const { t } = useTranslation('player');
  const { speed, volume, muted, captions: language } = usePlayerPreferences();
  const { position, paused } = playback;
  const isCaptioned = captions.some((track) => track.language === language);
  return (
    <div className="flex flex-col gap-1 px-3 pt-8 pb-2">
      <SeekBar
        position={position}
        duration={duration}
        buffered={playback.buffered}
        played={played}
        onSeek={(seconds) => run({ do: 'seekTo', seconds })}
      />
      <div className="flex flex-wrap items-center gap-0.5 text-white">
        <ControlButton
          icon={paused ? Play : Pause}
          label={paused ? t('play') : t('pause')}
          keys="k"
          onClick={() => run({ do: 'togglePlay' })}
          data-testid="btn-play"
        />
        <ControlButton
          icon={RotateCcw}
          label={t('back')}
          keys="j"
          onClick={() => run({ do: 'seekBy', seconds: -10 })}
          data-testid="btn-back"
        />
        <ControlButton
          icon={RotateCw}
          label={t('forward')}
          keys="l"
          onClick={() => run({ do: 'seekBy', seconds: 10 })}
          data-testid="btn-forward"
        />
        <ControlButton
          icon={muted || volume === 0 ? VolumeX : Volume2}
          label={muted ? t('unmute') : t('mute')}
          keys="m"
          onClick={() => run({ do: 'toggleMute' })}
          data-testid="btn-mute"
        />
        <input
          type="range"
          min={0}
          max={1}
          step={0.05}
          value={muted ? 0 : volume}
          onChange={(event) => run({ do: 'setVolume', volume: Number(event.target.value) })}
          aria-label={t('volume')}
          aria-valuetext={t('percent', { percent: Math.round((muted ? 0 : volume) * 100) })}
          data-testid="player-volume"
          className="w-16 accent-[#97abff] focus-visible:outline-[#97abff] max-sm:hidden"
        />
        <span className="tabular ms-2 text-dense text-white/90" data-testid="player-time">
          {formatPosition(position)} / {formatPosition(duration)}
        </span>
        <span className="flex-1" />
        {shown.hasNote && (
          <ControlButton
            icon={NotebookPen}
            label={t('note')}
            keys="n"
            onClick={() => run({ do: 'note' })}
            data-testid="btn-note-here"
          />
        )}
        {captions.length > 0 && (
          <ControlButton
            icon={Captions}
            label={isCaptioned ? t('captionsOff') : t('captionsOn')}
            keys="c"
            aria-pressed={isCaptioned}
            onClick={() => run({ do: 'toggleCaptions' })}
            data-testid="btn-captions"
          />
        )}
        <select
          value={speed}
          onChange={(event) => run({ do: 'setSpeed', speed: Number(event.target.value) })}
          aria-label={t('speed')}
          data-testid="player-speed"
          className="h-8 rounded-control bg-transparent px-1 text-dense text-white/90 hover:bg-white/15 focus-visible:outline-[#97abff] [&>option]:bg-[#161a21] [&>option]:text-white"
        >
          {speeds.map((one) => (
            <option key={one} value={one}>
              {t('times', { speed: one })}
            </option>
          ))}
        </select>
        {shown.canPictureInPicture && (
          <ControlButton
            icon={PictureInPicture2}
            label={t('pictureInPicture')}
            onClick={() => run({ do: 'togglePictureInPicture' })}
            data-testid="btn-pip"
          />
        )}
        {shown.hasNext && (
          <ControlButton
            icon={SkipForward}
            label={t('next')}
            keys="shift+n"
            onClick={() => run({ do: 'next' })}
            data-testid="btn-next-lesson"
          />
        )}
        <ControlButton
          icon={shown.isFullscreen ? Minimize : Maximize}
          label={shown.isFullscreen ? t('leaveFullscreen') : t('fullscreen')}
          keys="f"
          onClick={() => run({ do: 'toggleFullscreen' })}
          data-testid="btn-fullscreen"
        />
      </div>
    </div>
  );
}
