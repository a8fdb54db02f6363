import { Slot } from 'radix-ui';
import type { ComponentProps, MouseEvent } from 'react';
import { cx } from './cx.ts';
import { Icon, type LucideIcon } from './icon.tsx';
import { Spinner } from './spinner.tsx';
import { Tooltip } from './tooltip.tsx';

export type ButtonVariant = 'primary' | 'secondary' | 'ghost' | 'destructive' | 'link';

const looks: Record<ButtonVariant, string> = {
  primary: 'bg-primary text-on-primary hover:bg-primary-hover',
  secondary: 'border border-control/60 bg-surface text-ink hover:bg-subtle',
  ghost: 'text-ink hover:bg-subtle',
  destructive: 'bg-destructive text-on-destructive hover:bg-destructive-hover',
  link: 'px-0! text-primary-ink underline-offset-4 hover:underline',
};

export type ButtonProps = ComponentProps<'button'> & {
  variant?: ButtonVariant;
  size?: 'md' | 'sm';
  icon?: LucideIcon;
  /** Work is under way: the button keeps its width and cannot be pressed twice. */
  busy?: boolean;
  /** Why it cannot be pressed now. It stays in the tab order and says so on hover and focus. */
  reason?: string | null;
  /** Shortcut shown in the tooltip. */
  keys?: string;
  /** Renders the only child (a link) with the look of a button. */
  asChild?: boolean;
};

export const buttonLook = (variant: ButtonVariant, size: 'md' | 'sm', className?: string): string =>
  cx(
    'inline-flex shrink-0 items-center justify-center gap-2 rounded-control font-medium whitespace-nowrap transition-colors duration-[120ms] select-none',
    'disabled:opacity-50 aria-disabled:cursor-not-allowed aria-disabled:opacity-50',
    size === 'md' ? 'h-(--control-height) px-3.5' : 'h-7 px-2.5 text-dense',
    looks[variant],
    className,
  );

/** A button is a verb with its object. One primary button per view. */
export function Button({
  variant = 'secondary',
  size = 'md',
  icon,
  busy = false,
  reason = null,
  keys,
  asChild = false,
  className,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  const blocked = busy || Boolean(reason);
  const press = (event: MouseEvent<HTMLButtonElement>): void => {
    if (blocked) event.preventDefault();
    else onClick?.(event);
  };
  const look = buttonLook(variant, size, className);
  const shared = {
    className: look,
    onClick: press,
    'aria-disabled': blocked || undefined,
    'aria-busy': busy || undefined,
  };
  if (asChild) {
    return (
      <Slot.Root {...rest} className={look}>
        {children}
      </Slot.Root>
    );
  }
  return (
    <Tooltip text={reason ?? (keys ? children : null)} keys={reason ? undefined : keys}>
      <button type="button" {...rest} {...shared}>
        {busy ? <Spinner /> : icon && <Icon of={icon} />}
        {children}
      </button>
    </Tooltip>
  );
}
