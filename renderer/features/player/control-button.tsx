import type { ComponentProps } from 'react';
import { cx, Icon, Tooltip, type LucideIcon } from '../../ui/index.ts';

type Props = ComponentProps<'button'> & { icon: LucideIcon; label: string; keys?: string };

/** A button of the player; its surroundings are dark in both themes. */
export function ControlButton({ icon, label, keys, className, ...rest }: Props) {
  return (
    <Tooltip text={label} keys={keys} side="top">
      <button
        type="button"
        {...rest}
        aria-label={label}
        className={cx(
          'inline-flex size-8 shrink-0 items-center justify-center rounded-control text-white/90 hover:bg-white/15 hover:text-white',
          'focus-visible:outline-[#97abff] disabled:opacity-40 aria-pressed:bg-white/20',
          className,
        )}
      >
        <Icon of={icon} />
      </button>
    </Tooltip>
  );
}
