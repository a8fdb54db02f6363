import { useTranslation } from 'react-i18next';
import type { Range } from '#contract/rules/watched.ts';
import { formatPosition } from '../../ui/index.ts';

type Props = {
  position: number;
  duration: number;
  buffered: number;
  played: readonly Range[];
  onSeek: (seconds: number) => void;
};

/** The timeline: what is loaded, what has been watched, where we are. Left to right in every language. */
export function SeekBar({ position, duration, buffered, played, onSeek }: Props) {
  const { t } = useTranslation('player');
  const share = (seconds: number): string => `${Math.min(100, Math.max(0, (seconds / (duration || 1)) * 100))}%`;
  return (
    <div
      dir="ltr"
      className="group/seek relative flex h-5 items-center rounded-control outline-offset-2 has-focus-visible:outline-2 has-focus-visible:outline-[#97abff]"
    >
      <div className="relative h-1 w-full overflow-hidden rounded-full bg-white/25 group-hover/seek:h-1.5">
        <div className="absolute inset-y-0 left-0 bg-white/25" style={{ width: share(buffered) }} />
        {played.map(([from, to]) => (
          <div
            key={from}
            data-testid="played-range"
            className="absolute inset-y-0 bg-[#97abff]"
            style={{ left: share(from), width: share(to - from) }}
          />
        ))}
      </div>
      <div
        className="pointer-events-none absolute size-3 -translate-x-1/2 rounded-full bg-white shadow"
        style={{ left: share(position) }}
      />
      <input
        type="range"
        min={0}
        max={Math.max(1, duration)}
        step={0.1}
        value={position}
        disabled={!duration}
        onChange={(event) => onSeek(Number(event.target.value))}
        aria-label={t('seek')}
        aria-valuetext={t('positionOf', { at: formatPosition(position), length: formatPosition(duration) })}
        data-testid="player-seek"
        className="absolute inset-0 w-full cursor-pointer opacity-0"
      />
    </div>
  );
}
