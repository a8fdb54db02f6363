import type { LucideIcon } from 'lucide-react';
import { cx } from './cx.ts';

export type { LucideIcon };

/** One drawing weight for the whole product: 16 px in controls, 20 px in navigation. Always decorative: words carry the meaning. */
export function Icon({
  of: Drawing,
  size = 16,
  className,
}: {
  of: LucideIcon;
  size?: 14 | 16 | 20 | 24 | 32;
  className?: string;
}) {
  return (
    <Drawing
      size={size}
      strokeWidth={size >= 24 ? 1.5 : 1.75}
      aria-hidden="true"
      className={cx('shrink-0', className)}
    />
  );
}
