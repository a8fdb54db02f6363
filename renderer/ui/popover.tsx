import { Popover as P } from 'radix-ui';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import { floatLook } from './menu-look.ts';

/** A small panel hung under its trigger. */
export function Popover({
  trigger,
  open,
  onOpenChange,
  label,
  children,
  className,
}: {
  trigger: ReactNode;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  label: string;
  children: ReactNode;
  className?: string;
}) {
  return (
    <P.Root open={open} onOpenChange={onOpenChange}>
      <P.Trigger asChild>{trigger}</P.Trigger>
      <P.Portal>
        <P.Content
          align="end"
          sideOffset={8}
          collisionPadding={12}
          aria-label={label}
          onOpenAutoFocus={(event) => {
            // On the panel, not on its first button: Tab goes on from there.
            event.preventDefault();
            (event.currentTarget as HTMLElement).focus();
          }}
          className={cx(floatLook, 'outline-none', className)}
        >
          {children}
        </P.Content>
      </P.Portal>
    </P.Root>
  );
}
