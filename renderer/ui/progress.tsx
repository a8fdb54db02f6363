import { Progress as P } from 'radix-ui';
import { cx } from './cx.ts';

/** A bar of how much is done; null = under way, nobody knows how far. */
export function Progress({
  value,
  max = 100,
  label,
  className,
}: {
  value: number | null;
  max?: number;
  label: string;
  className?: string;
}) {
  const share = value === null ? null : Math.max(0, Math.min(1, max > 0 ? value / max : 0));
  return (
    <P.Root
      value={value === null ? null : Math.min(value, max)}
      max={max || 1}
      aria-label={label}
      className={cx('relative h-1.5 w-full overflow-hidden rounded-full bg-line', className)}
    >
      <P.Indicator
        className={cx(
          'h-full origin-left rounded-full bg-primary transition-transform duration-[180ms] rtl:origin-right',
          share === null && 'w-1/3 animate-breathe',
        )}
        style={share === null ? undefined : { transform: `scaleX(${share})` }}
      />
    </P.Root>
  );
}

/** The same as a ring, for tight places. Decorative: the words stand beside it. */
export function ProgressRing({ share, size = 16 }: { share: number; size?: number }) {
  const radius = size / 2 - 1.5;
  const length = 2 * Math.PI * radius;
  return (
    <svg width={size} height={size} viewBox={`0 0 ${size} ${size}`} aria-hidden="true" className="-rotate-90">
      <circle
        cx={size / 2}
        cy={size / 2}
        r={radius}
        fill="none"
        strokeWidth="2"
        className="stroke-current opacity-25"
      />
      <circle
        cx={size / 2}
        cy={size / 2}
        r={radius}
        fill="none"
        strokeWidth="2"
        strokeLinecap="round"
        strokeDasharray={length}
        strokeDashoffset={length * (1 - Math.max(0, Math.min(1, share)))}
        className="stroke-current"
      />
    </svg>
  );
}
