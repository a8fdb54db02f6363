import type { ComponentProps, MouseEvent } from 'react';
import { cx } from './cx.ts';
import { Icon, type LucideIcon } from './icon.tsx';
import { Tooltip } from './tooltip.tsx';

export type IconButtonProps = ComponentProps<'button'> & {
  icon: LucideIcon;
  /** Its name, for the tooltip and for screen readers. */
  label: string;
  keys?: string;
  size?: 'md' | 'sm';
  /** Why it cannot be pressed now; replaces the label in the tooltip. */
  reason?: string | null;
  side?: 'top' | 'bottom' | 'left' | 'right';
};

/** A square button that shows only its icon; it always has a name. */
export function IconButton({
  icon,
  label,
  keys,
  size = 'md',
  reason = null,
  side,
  className,
  onClick,
  children,
  ...rest
}: IconButtonProps) {
  const press = (event: MouseEvent<HTMLButtonElement>): void => {
    if (!reason) onClick?.(event);
  };
  return (
    <Tooltip text={reason ?? label} keys={reason ? undefined : keys} side={side}>
      <button
        type="button"
        {...rest}
        aria-label={label}
        aria-disabled={reason ? true : undefined}
        onClick={press}
        className={cx(
          'relative inline-flex shrink-0 items-center justify-center rounded-control text-muted transition-colors duration-[120ms]',
          'hover:bg-subtle hover:text-ink aria-disabled:cursor-not-allowed aria-disabled:opacity-50 disabled:opacity-50',
          'data-[state=open]:bg-subtle data-[state=open]:text-ink',
          size === 'md' ? 'size-8' : 'size-7',
          className,
        )}
      >
        <Icon of={icon} />
        {children}
      </button>
    </Tooltip>
  );
}
